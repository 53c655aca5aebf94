import { defineConfig, devices } from "@playwright/test";
import { CHROMIUM } from "./support/chromium.ts";

const API = "**/tests/api/**/*.spec.ts";
const inCi = Boolean(process.env["CI"]);

export default defineConfig({
  testDir: "tests",
  // A worker starts one server for all its tests, each of which makes an app of its own; files run beside each other.
  fullyParallel: false,
  workers: 2,
  // A test that passes the second time has failed.
  retries: 0,
  forbidOnly: inCi,
  reporter: "list",
  // One picture for all: the tests bring the fonts, and a tolerance covers the rest.
  snapshotPathTemplate: "{testDir}/gallery/looks/{arg}{ext}",
  use: {
    ...devices["Desktop Chrome"],
    // It takes a third of the time; `--trace on` records one where it is wanted.
    trace: inCi ? "retain-on-failure" : "off",
    screenshot: "only-on-failure",
    launchOptions: CHROMIUM,
  },
  projects: [
    { name: "hydrated", testIgnore: API },
    // What works only once the page is hydrated says so in its file's name; everything else must do without.
    { name: "no-js", testIgnore: [API, "**/*.hydrate.spec.ts"], use: { javaScriptEnabled: false } },
    // Published clients against the API; no browser is started for them.
    { name: "api", testMatch: API },
  ],
});
