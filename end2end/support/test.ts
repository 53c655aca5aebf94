/** What every spec with a browser imports: the test with a server, a shop, its chat page and a guard. */
import { type Page } from "@playwright/test";
import { Business } from "./business.ts";
import { Guard } from "./guard.ts";
import { CookieEater, Host } from "./host.ts";
import { Line } from "./line.ts";
import { Messenger } from "./messenger.ts";
import { Parlor } from "./parlor.ts";
import { expect, test as served } from "./server.ts";

export { BUSINESS_NAME, expect } from "./server.ts";

interface Fixtures {
  business: Business;
  /** The visitor's messenger on `page`; open it with `page.goto(shop.chatUrl)`. */
  messenger: Messenger;
  guard: Guard;
  /** A flaky line to the shared server. */
  line: Line;
  /** A way to the shared server that no cookie passes. */
  eater: CookieEater;
  /** Makes a website with a frame of that address. */
  framing: (url: string) => Promise<Host>;
  /** The visitor's messenger in the frame of the website on `page`. */
  framed: Messenger;
  /** A server that a test may kill. */
  mortal: Parlor;
}

export const test = served.extend<Fixtures>({
  business: async ({ shop, parlor }, use) => {
    await use(new Business(shop, parlor.url));
  },
  messenger: async ({ page }, use) => {
    await use(new Messenger(page));
  },
  guard: [
    async ({ context }, use) => {
      const guard = new Guard();
      guard.watch(context);
      await use(guard);
      expect(guard.report(), "what the browser complained about").toEqual([]);
    },
    { auto: true },
  ],
  line: async ({ parlor }, use) => {
    const line = await Line.to(parlor.url);
    await use(line);
    await line.cut();
  },
  // A page that is still there would try to reach what is gone.
  eater: async ({ page, parlor }, use) => {
    const eater = await CookieEater.before(parlor.url);
    await use(eater);
    await page.close();
    await eater.close();
  },
  framing: async ({ page }, use) => {
    const hosts: Host[] = [];
    await use(async (url) => {
      const host = await Host.framing(url);
      hosts.push(host);
      return host;
    });
    await page.close();
    for (const host of hosts) await host.close();
  },
  framed: async ({ page }, use) => {
    await use(new Messenger(page.frameLocator("iframe")));
  },
  mortal: async ({}, use) => {
    const parlor = await Parlor.start();
    await use(parlor);
    await parlor.remove();
    expect(parlor.complaints, "what the server complained about").toEqual([]);
  },
});

/**
 * Tells when the page has come to life, for tests that would otherwise try its plain HTML: from then on it listens for
 * being left. Call it before the page is opened.
 */
export async function watchForLife(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const listen = window.addEventListener.bind(window);
    window.addEventListener = (name: string, ...rest: [EventListenerOrEventListenerObject]) => {
      if (name === "pagehide") document.documentElement.setAttribute("data-test-alive", "");
      listen(name, ...rest);
    };
  });
}

/** Waits until the page has come to life. */
export async function isAlive(page: Page): Promise<void> {
  await expect(page.locator("html[data-test-alive]")).toBeAttached();
}

/** Promises that the next live connection of `page` stands: what happens from then on, the page hears. */
export async function connected(page: Page): Promise<void> {
  const socket = await page.waitForEvent("websocket");
  await socket.waitForEvent("framereceived", ({ payload }) => String(payload).includes('"hello"'));
}
