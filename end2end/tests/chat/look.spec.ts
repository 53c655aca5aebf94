/** The page on small screens, enlarged, dark, from right to left, in any colour; and to those who listen to it. */
import type { Locator, Page } from "@playwright/test";
import { BIDI, LONG_WORD } from "../../support/hostile.ts";
import { expectAccessible, expectNoSidewaysScrolling } from "../../support/looks.ts";
import type { Messenger } from "../../support/messenger.ts";
import type { Business } from "../../support/business.ts";
import { expect, isAlive, test, watchForLife } from "../../support/test.ts";

/** A conversation with something of everything. */
async function talk(page: Page, messenger: Messenger, business: Business): Promise<void> {
  await messenger.says("Hello?");
  await expect(messenger.messages).toHaveCount(1);
  const conversation = await messenger.conversation();
  for (const text of ["Good morning!", "See https://example.com/tea?a=1&b=2 for more.", BIDI, "مرحبا، كيف يمكنني المساعدة؟"]) {
    await business.says(conversation, text);
  }
  await page.reload();
  await expect(messenger.messages).toHaveCount(5);
  await messenger.says("Thank you.\nI'll have a look.");
  await expect(messenger.messages).toHaveCount(6);
  await expect(messenger.status("Delivered")).toHaveCount(1);
}

for (const [what, viewport] of [
  ["on the narrowest screen", { width: 320, height: 568 }],
  // 1280 × 720 at 200 %.
  ["enlarged to 200 %", { width: 640, height: 360 }],
] as const) {
  test.describe(what, () => {
    test.use({ viewport });

    test("everything is in sight and nothing sticks out", async ({ page, shop, messenger, business }) => {
      await page.goto(shop.chatUrl);
      await expectNoSidewaysScrolling(page);
      await messenger.says(LONG_WORD);
      await expect(messenger.messages).toHaveCount(1);
      await business.says(await messenger.conversation(), LONG_WORD, LONG_WORD.slice(0, 100));
      await page.reload();
      await expect(messenger.messages).toHaveCount(2);
      await expectNoSidewaysScrolling(page);
      for (const part of [messenger.heading, messenger.log, messenger.textbox, messenger.send]) {
        await expect(part).toBeInViewport({ ratio: 1 });
      }
      expect((await messenger.log.boundingBox())?.height, "room to read").toBeGreaterThan(120);
      const word = await messenger.messages.last().boundingBox();
      expect((word?.x ?? 0) + (word?.width ?? 0), "the end of the line").toBeLessThanOrEqual(viewport.width);
    });
  });
}

test("a text of many lines leaves room to read", async ({ page, shop, messenger }) => {
  await page.setViewportSize({ width: 390, height: 600 });
  await page.goto(shop.chatUrl);
  await messenger.textbox.fill("line\n".repeat(60));
  await expect(messenger.send).toBeInViewport({ ratio: 1 });
  expect((await messenger.log.boundingBox())?.height).toBeGreaterThan(200);
});

test.describe("colours", () => {
  const ground = (page: Page) => page.evaluate(() => getComputedStyle(document.querySelector("main")!).backgroundColor);

  test("are dark where the system is, unless the link says otherwise", async ({ page, shop }) => {
    await page.goto(shop.chatUrl);
    const light = await ground(page);
    await page.emulateMedia({ colorScheme: "dark" });
    const dark = await ground(page);
    expect(brightness(light)).toBeGreaterThan(200);
    expect(brightness(dark)).toBeLessThan(60);
    await page.goto(`${shop.chatUrl}?theme=light`);
    expect(await ground(page)).toBe(light);
    await page.emulateMedia({ colorScheme: "light" });
    await page.goto(`${shop.chatUrl}?theme=dark`);
    expect(await ground(page)).toBe(dark);
  });

  test("of the link stay when something is sent", async ({ page, shop, messenger }) => {
    await page.goto(`${shop.chatUrl}?theme=dark`);
    const dark = await ground(page);
    await messenger.says("Hello?");
    await expect(messenger.messages).toHaveCount(1);
    expect(await ground(page)).toBe(dark);
  });

  for (const [what, colors] of [
    ["pale", { brandColor: "fff3a0", conversationColor: "ffe0f0", actionColor: "d0ffd0" }],
    ["deep", { brandColor: "10002b", conversationColor: "240046", actionColor: "001233" }],
    ["middling", { brandColor: "777777", conversationColor: "e63946", actionColor: "2a9d8f" }],
  ] as const) {
    test(`of a ${what} brand keep every text readable`, async ({ page, shop, messenger, business, javaScriptEnabled }) => {
      await business.patchIntegration(colors);
      await page.goto(shop.chatUrl);
      await talk(page, messenger, business);
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme });
        if (javaScriptEnabled) await expectAccessible(page);
        for (const text of ["Hello?", "Good morning!"]) {
          const contrast = await contrastOf(messenger.log.getByText(text, { exact: true }));
          expect(contrast, `${text} in ${colorScheme}`).toBeGreaterThanOrEqual(4.5);
        }
      }
    });
  }
});

test.describe("from right to left", () => {
  for (const query of ["dir=rtl", "locale=fa"]) {
    test(`by ?${query}`, async ({ page, shop, messenger, business }) => {
      await page.goto(`${shop.chatUrl}?${query}`);
      const html = page.locator("html");
      await expect(html).toHaveAttribute("dir", "rtl");
      await expect(html).toHaveAttribute("lang", query === "locale=fa" ? "fa" : "en-US");
      await talk(page, messenger, business);
      await expect(html).toHaveAttribute("dir", "rtl");
      await expectNoSidewaysScrolling(page);
      // Mirrored: one's own at the left, the business at the right, Send at the left of the text.
      const [own, theirs] = await Promise.all([
        messenger.log.getByText("Hello?", { exact: true }).boundingBox(),
        messenger.log.getByText("Good morning!", { exact: true }).boundingBox(),
      ]);
      expect(own?.x).toBeLessThan(theirs?.x ?? 0);
      const [send, textbox] = await Promise.all([messenger.send.boundingBox(), messenger.textbox.boundingBox()]);
      expect(send?.x).toBeLessThan(textbox?.x ?? 0);
    });
  }

  test("each message goes in the direction of its own script", async ({ page, shop, messenger, business }) => {
    await page.goto(shop.chatUrl);
    await talk(page, messenger, business);
    const arabic = messenger.log.getByText("مرحبا، كيف يمكنني المساعدة؟", { exact: true });
    await expect(arabic).toHaveCSS("direction", "rtl");
    await expect(messenger.log.getByText("Good morning!", { exact: true })).toHaveCSS("direction", "ltr");
  });
});

test("bubbles of one author have one shape, whatever the script of their text", async ({
  page,
  shop,
  messenger,
  business,
}) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("Hello?");
  const conversation = await messenger.conversation();
  for (const [text, name] of [["Good morning!", "Ann"], ["مرحبا", "Omar"]] as const) {
    await business.says(conversation, text, name);
  }
  await page.reload();
  const [english, arabic] = await Promise.all(
    ["Good morning!", "مرحبا"].map((text) =>
      messenger.log.getByText(text, { exact: true }).evaluate((element) => {
        let bubble: Element | null = element;
        while (bubble && getComputedStyle(bubble).backgroundColor === "rgba(0, 0, 0, 0)") bubble = bubble.parentElement;
        const style = getComputedStyle(bubble ?? element);
        return [style.borderTopLeftRadius, style.borderTopRightRadius];
      }),
    ),
  );
  expect(arabic).toEqual(english);
});

test.describe("to those who listen to it, the page is sound", () => {
  // The scan is a script of its own; the HTML is the same.
  test.skip(({ javaScriptEnabled }) => !javaScriptEnabled, "nothing can scan a page that runs no script");

  for (const query of ["theme=light", "theme=dark", "dir=rtl"]) {
    test(`with ?${query}, empty and with messages`, async ({ page, shop, messenger, business }) => {
      await page.goto(`${shop.chatUrl}?${query}`);
      await expectAccessible(page);
      await talk(page, messenger, business);
      await expectAccessible(page);
      await messenger.textbox.fill("x".repeat(4097));
      await messenger.send.click();
      await expect(messenger.alert).not.toBeEmpty();
      await expectAccessible(page);
    });
  }

  test("where there is no chat", async ({ page, parlor, guard }) => {
    guard.expect(/status of 404/);
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await page.goto(`${parlor.url}/chat/000000000000000000000000`);
      await expectAccessible(page);
    }
  });
});

test("an address without a chat says so", async ({ page, parlor, guard }) => {
  guard.expect(/status of 404/);
  for (const path of ["/chat/000000000000000000000000", "/embed/000000000000000000000000", "/chat/nonsense", "/nowhere"]) {
    const answer = await page.goto(parlor.url + path);
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("This chat is not here");
    await expect(page.getByRole("main")).toHaveCount(1);
    await expect(page.getByRole("textbox")).toHaveCount(0);
  }
  await page.setViewportSize({ width: 320, height: 480 });
  await expectNoSidewaysScrolling(page);
});

test("nothing moves while the page comes to life", async ({ page, shop, messenger, business, javaScriptEnabled }) => {
  test.skip(!javaScriptEnabled, "plain HTML does not change");
  await watchForLife(page);
  await page.goto(shop.chatUrl);
  await isAlive(page);
  expect(await layoutShift(page)).toBeLessThan(0.01);
  await talk(page, messenger, business);
  await page.reload();
  await isAlive(page);
  expect(await layoutShift(page)).toBeLessThan(0.01);
});

/** The cumulative layout shift of the page so far. */
function layoutShift(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let sum = 0;
        const observer = new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) sum += (entry as PerformanceEntry & { value: number }).value;
        });
        observer.observe({ type: "layout-shift", buffered: true });
        // Two frames later the buffered entries have been handed over.
        requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum))));
      }),
  );
}

/** How bright an `rgb(…)` is, from 0 to 255. */
function brightness(color: string): number {
  const [red = 0, green = 0, blue = 0] = channels(color);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function channels(color: string): number[] {
  return (color.match(/[\d.]+/g) ?? []).map(Number);
}

/** The contrast of a text to the nearest ground behind it, from 1 to 21. */
async function contrastOf(text: Locator): Promise<number> {
  const [ink = "", ground = ""] = await text.evaluate((element) => {
    let behind: Element | null = element;
    while (behind && getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") behind = behind.parentElement;
    return [getComputedStyle(element).color, behind ? getComputedStyle(behind).backgroundColor : "rgb(255, 255, 255)"];
  });
  const luminance = (color: string) => {
    const linear = channels(color)
      .slice(0, 3)
      .map((value) => value / 255)
      .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
    return 0.2126 * (linear[0] ?? 0) + 0.7152 * (linear[1] ?? 0) + 0.0722 * (linear[2] ?? 0);
  };
  const [darker = 0, brighter = 0] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
  return (brighter + 0.05) / (darker + 0.05);
}
