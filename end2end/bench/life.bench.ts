/**
 * How long a page takes to come to life on a slow phone, and whether anything moves meanwhile.
 *
 * `hydration`: from the call that makes code of the WASM, over the hydration of every message, until the page listens for
 * being left: that is the last but one thing it does when it comes to life. The WASM may still be on its way in the beginning,
 * from a server on the same machine. `navigation`: the same end, from the start of the navigation. Both in milliseconds,
 * every process slowed down four times. `shift`: the page's layout shift until a second after that, all of it added up.
 */
import { test } from "@playwright/test";
import { isAlive, watchForLife } from "../support/test.ts";
import { CHAT, signIn, TURNS } from "./visit.ts";

declare global {
  interface Window {
    bench: { begun: number; alive: number; shift: number };
  }
}

const SLOWED = 4;

test("a page comes to life", async ({ browser }) => {
  const [hydration, navigation, shift]: number[][] = [[], [], []];
  for (let turn = 0; turn < TURNS; turn++) {
    const context = await browser.newContext();
    await signIn(context);
    const page = await context.newPage();
    await page.addInitScript(() => {
      const bench = { begun: 0, alive: 0, shift: 0 };
      window.bench = bench;
      const instantiate = WebAssembly.instantiateStreaming;
      WebAssembly.instantiateStreaming = (...source) => {
        bench.begun = performance.now();
        return instantiate(...source);
      };
      const listen = window.addEventListener;
      window.addEventListener = function (this: Window, ...what: Parameters<typeof listen>) {
        if (what[0] === "pagehide") bench.alive = performance.now();
        listen.apply(this, what);
      } as typeof listen;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) bench.shift += (entry as PerformanceEntry & { value: number }).value;
      }).observe({ type: "layout-shift", buffered: true });
    });
    await watchForLife(page);
    const devtools = await context.newCDPSession(page);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWED });
    await page.goto(CHAT);
    await isAlive(page);
    await page.waitForTimeout(1000);
    const bench = await page.evaluate(() => window.bench);
    hydration?.push(bench.alive - bench.begun);
    navigation?.push(bench.alive);
    shift?.push(bench.shift);
    await context.close();
  }
  console.log(JSON.stringify({ hydration, navigation, shift }));
});
