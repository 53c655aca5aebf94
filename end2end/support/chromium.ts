import { existsSync } from "node:fs";
import { chromium, type LaunchOptions } from "@playwright/test";

/** The browser to run, where it isn't the one that Playwright brings: a named one, else Debian's. */
function systemChromium(): string | undefined {
  const named = process.env["PARLOR_CHROMIUM"];
  if (named) return named;
  const debian = "/usr/bin/chromium";
  return !existsSync(chromium.executablePath()) && existsSync(debian) ? debian : undefined;
}

const executablePath = systemChromium();

/** How every test starts its browser. */
export const CHROMIUM: LaunchOptions & { args: string[] } = {
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
};
