/** Every state of the page looks as it did when somebody last looked at it; with scripts or without, nothing runs on it. */
import { AxeBuilder } from "@axe-core/playwright";
import { expect } from "../../support/server.ts";
import { test as base } from "@playwright/test";
import { Parlor } from "../../support/parlor.ts";

const test = base.extend<object, { demo: Parlor }>({
  demo: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const demo = await Parlor.demo();
      await use(demo);
      await demo.remove();
    },
    { scope: "worker" },
  ],
});

const LOOKS = [
  { name: "light", query: "?theme=light" },
  { name: "dark", query: "?theme=dark" },
  { name: "rtl", query: "?theme=light&locale=ar" },
];

for (const look of LOOKS) {
  test(`every state looks as it should (${look.name})`, async ({ page, demo, javaScriptEnabled }) => {
    test.skip(!javaScriptEnabled, "the pictures are the same without scripts");
    test.slow();
    await page.setViewportSize({ width: 390, height: 700 });
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(`${demo.url}/_gallery${look.query}`);
    const states = await page.locator("figcaption a").evaluateAll((links) => links.map((link) => new URL((link as HTMLAnchorElement).href).pathname));
    expect(states.length).toBeGreaterThan(20);
    for (const state of states) {
      await page.goto(`${demo.url}${state}${look.query}`);
      // A menu opens by a press only; it needs no script for that.
      if (state.endsWith("/attach")) await page.locator("[popovertarget]").first().click();
      const name = `${state.split("/").at(-1)}-${look.name}.png`;
      await expect.soft(page).toHaveScreenshot(name, { maxDiffPixelRatio: 0.02, threshold: 0.25 });
    }
  });

  test(`every state is accessible (${look.name})`, async ({ page, demo, javaScriptEnabled }) => {
    test.skip(!javaScriptEnabled, "the scan is a script");
    test.slow();
    await page.setViewportSize({ width: 390, height: 700 });
    // What is still fading in has less contrast than it will have.
    await page.emulateMedia({ reducedMotion: "reduce" });
    await page.goto(`${demo.url}/_gallery${look.query}`);
    const states = await page.locator("figcaption a").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
    for (const state of states) {
      await page.goto(state);
      if (new URL(state).pathname.endsWith("/attach")) await page.locator("[popovertarget]").first().click();
      const { violations } = await new AxeBuilder({ page }).analyze();
      const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect.soft(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`), state).toEqual([]);
    }
  });
}

test("the gallery is in a demo only", async ({ request, demo }) => {
  expect((await request.get(`${demo.url}/_gallery`)).status()).toBe(200);
  expect((await request.get(`${demo.url}/_gallery/nothing`)).status()).toBe(404);
  const served = await Parlor.start();
  expect((await request.get(`${served.url}/_gallery`)).status()).toBe(404);
  await served.remove();
});
