import { defineConfig } from "@playwright/test";
export default defineConfig({ testDir: ".", testMatch: /shot.*\.tmp\.ts/, timeout: 180_000, workers: 1, reporter: "line" });
