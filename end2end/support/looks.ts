import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Page } from "@playwright/test";

/** Nothing sticks out of the page sideways. */
export async function expectNoSidewaysScrolling(page: Page): Promise<void> {
  const { width, content } = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    content: Math.max(document.documentElement.scrollWidth, document.body.scrollWidth),
  }));
  expect(content, "the width of what is on the page").toBeLessThanOrEqual(width);
}

/** No serious accessibility problem that a program can find. */
export async function expectAccessible(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  const serious = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
  const findings = serious.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.failureSummary ?? node.html}`));
  expect(findings).toEqual([]);
}
