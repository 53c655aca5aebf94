import { defineConfig, devices } from "@playwright/test";
import { CHROMIUM } from "../support/chromium.ts";

/** Measurements, which `make bench` runs: each prints one line of JSON, and nothing here fails for being slow. */
export default defineConfig({
  testDir: ".",
  testMatch: "*.bench.ts",
  outputDir: "../test-results",
  workers: 1,
  timeout: 600_000,
  reporter: "line",
  use: { ...devices["Desktop Chrome"], launchOptions: CHROMIUM },
});
