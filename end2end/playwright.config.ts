import { existsSync } from "node:fs";
import { chromium, defineConfig, devices } from "@playwright/test";

const inCi = Boolean(process.env["CI"]);

/** The browser to run, where it isn't the one that Playwright brings: a named one, else Debian's. */
function systemChromium(): string | undefined {
  const named = process.env["PARLOR_CHROMIUM"];
  if (named) return named;
  const debian = "/usr/bin/chromium";
  return !existsSync(chromium.executablePath()) && existsSync(debian) ? debian : undefined;
}

const executablePath = systemChromium();

export default defineConfig({
  testDir: "tests",
  // A spec file starts its own server and shares it among its tests; files run beside each other.
  fullyParallel: false,
  workers: 2,
  // A test that passes the second time has failed.
  retries: 0,
  forbidOnly: inCi,
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath ? { executablePath } : {}),
      // Containers run as root and have no GPU; nothing but the tested server may be asked for anything.
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  projects: [
    { name: "hydrated" },
    // What works only once the page is hydrated says so in its file's name; everything else must do without.
    { name: "no-js", testIgnore: "**/*.hydrate.spec.ts", use: { javaScriptEnabled: false } },
  ],
});
