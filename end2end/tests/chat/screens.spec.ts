/** The page much enlarged, in the colours of the system, and without motion; with and without JavaScript. */
import type { Locator, Page } from "@playwright/test";
import type { Business } from "../../support/business.ts";
import { content, servePictures } from "../../support/examples.ts";
import { expectNoSidewaysScrolling } from "../../support/looks.ts";
import type { Messenger } from "../../support/messenger.ts";
import { connected, expect, test } from "../../support/test.ts";

/** A conversation that ends with these contents of the business. */
async function shown(page: Page, messenger: Messenger, business: Business, ...names: string[]): Promise<string> {
  await servePictures(page);
  await messenger.delivers("Hello?");
  const conversation = await messenger.conversation();
  for (const name of names) await business.sends(conversation, content(name));
  await page.reload();
  await expect(messenger.messages).toHaveCount(names.length + 1);
  return conversation;
}

test.describe("enlarged to 400 %", () => {
  // 1280 × 1024.
  test.use({ viewport: { width: 320, height: 256 } });

  for (const query of ["", "?fixedHeader=1"]) {
    test(`one can read and write (${query || "as it comes"})`, async ({ page, shop, messenger, business }) => {
      await page.goto(`${shop.chatUrl}${query}`);
      await expectNoSidewaysScrolling(page);
      await expect(messenger.textbox).toBeInViewport({ ratio: 1 });
      const conversation = await shown(page, messenger, business);
      await business.says(conversation, "Good morning!");
      await page.goto(`${shop.chatUrl}${query}`);
      await expectNoSidewaysScrolling(page);
      for (const part of [messenger.textbox, messenger.send, messenger.log.getByText("Good morning!", { exact: true })]) {
        await expect(part).toBeInViewport({ ratio: 1 });
      }
      await messenger.textbox.fill("one\ntwo\nthree\nfour\nfive\nsix");
      await expect(messenger.send).toBeInViewport({ ratio: 1 });
      await messenger.send.click();
      await expect(messenger.status("Delivered")).toBeVisible();
      await expect(messenger.log.getByText("six")).toBeInViewport();
      await expectNoSidewaysScrolling(page);
    });
  }
});

test.describe("in the colours of the system", () => {
  test.beforeEach(async ({ page }) => page.emulateMedia({ forcedColors: "active" }));

  test("bubbles, buttons and the composer have edges", async ({ page, shop, messenger, business }) => {
    await page.goto(shop.chatUrl);
    await shown(page, messenger, business, "text-actions", "form", "quick-replies");
    const { log } = messenger;
    const bubbles = messenger.messages.locator(".bubble");
    for (const part of [
      bubbles.filter({ hasText: "Hello?" }),
      bubbles.filter({ hasText: "What would you like to do?" }),
      log.getByRole("link", { name: "Track parcel" }),
      log.getByRole("button", { name: "Call me back" }),
      log.getByRole("button", { name: "Yes", exact: true }),
      log.getByRole("button", { name: "Submit" }),
      log.getByLabel("Order number"),
      log.getByLabel("Reason"),
      messenger.send,
    ]) {
      await expect(part).toBeVisible();
      expect(await edge(part), `the edge of ${part.toString()}`).toBe("visible");
    }
    // The line is drawn around box and buttons together.
    expect(await edge(messenger.textbox, 2), "the edge of the composer").toBe("visible");
  });

  test("what has the focus shows it", async ({ page, shop, messenger }) => {
    await page.goto(shop.chatUrl);
    for (const part of [messenger.log, messenger.textbox, page.getByRole("button", { name: "Attach" }), messenger.send]) {
      await page.keyboard.press("Tab");
      await expect(part).toBeFocused();
      expect(await focusLine(part), `the focus of ${part.toString()}`).toBe(true);
    }
  });
});

test("nothing moves for those who want no motion", async ({ page, shop, messenger, business, javaScriptEnabled }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(shop.chatUrl);
  expect(await running(page)).toEqual([]);
  const conversation = await shown(page, messenger, business, "carousel", "quick-replies");
  expect(await running(page)).toEqual([]);
  if (!javaScriptEnabled) return;
  // The line that counts is that of the page to come.
  await page.goto("about:blank");
  const line = connected(page);
  await page.goto(shop.chatUrl);
  await line;
  await business.types(conversation);
  await expect(messenger.notice("Ann is typing")).toBeVisible();
  expect(await running(page), "while somebody types").toEqual([]);
  await business.says(conversation, "Good morning!");
  await expect(messenger.message("Good morning!")).toBeVisible();
  expect(await running(page), "when a message comes in").toEqual([]);
  await page.getByRole("button", { name: "Attach" }).click();
  await expect(page.getByRole("button", { name: "Location" })).toBeVisible();
  expect(await running(page), "with the menu open").toEqual([]);
});

/** Whether `part`, or what is around it up to `levels` above, has an edge that can be seen. */
function edge(part: Locator, levels = 0): Promise<string> {
  return part.evaluate((element, levels) => {
    let seen = "none";
    for (let at: Element | null = element, up = 0; at && up <= levels; at = at.parentElement, up++) {
      const style = getComputedStyle(at);
      const sides = [style.borderTopStyle, style.borderBottomStyle, style.borderLeftStyle, style.borderRightStyle];
      const width = Math.min(...[style.borderTopWidth, style.borderBottomWidth].map(Number.parseFloat));
      const ground = getComputedStyle(at.parentElement ?? at).backgroundColor;
      const isDrawn = sides.every((side) => side !== "none" && side !== "hidden") && width > 0;
      if (isDrawn && style.borderTopColor !== ground && !/^rgba.*, 0\)$/.test(style.borderTopColor)) seen = "visible";
    }
    return seen;
  }, levels);
}

/** Whether a line around `part`, or around what holds it, tells that it has the focus. */
function focusLine(part: Locator): Promise<boolean> {
  return part.evaluate((element) => {
    for (let at: Element | null = element, up = 0; at && up <= 2; at = at.parentElement, up++) {
      const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(at);
      if (outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0 && !/^rgba.*, 0\)$/.test(outlineColor)) return true;
    }
    return false;
  });
}

/** What moves on the page. */
function running(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    document.getAnimations().flatMap((animation) => {
      const { effect } = animation;
      const element = effect instanceof KeyframeEffect ? effect.target?.className : "";
      return animation.playState === "running" ? [String(element)] : [];
    }),
  );
}
