/** What a page makes of being read, looked away from and written on: unread counts, the title, the sound, who is typing. */
import type { Page } from "@playwright/test";
import type { Business } from "../../support/business.ts";
import { type Messenger, range } from "../../support/messenger.ts";
import { connected, expect, isAlive, test, watchForLife } from "../../support/test.ts";

/** Headless browsers show every tab and focus every page: this one is told what a real one tells it. */
async function attend(page: Page, state: { focused?: boolean; visible?: boolean }): Promise<void> {
  await page.evaluate(({ focused, visible }) => {
    if (focused !== undefined) {
      document.hasFocus = () => focused;
      window.dispatchEvent(new Event(focused ? "focus" : "blur"));
    }
    if (visible !== undefined) {
      Object.defineProperty(document, "visibilityState", { value: visible ? "visible" : "hidden", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }
  }, state);
}

/** A conversation with more than fits, scrolled up to `message 3`, all of it read. */
async function readsAbove(page: Page, messenger: Messenger, business: Business): Promise<string> {
  const line = connected(page);
  await messenger.delivers("message 1");
  await line;
  const conversation = await messenger.conversation();
  for (const number of range(2, 25)) await business.says(conversation, `message ${number}`);
  await expect(messenger.message("message 25")).toBeVisible();
  await expect.poll(() => business.unread(conversation)).toBe(0);
  await messenger.log.focus();
  await messenger.message("message 3").scrollIntoViewIfNeeded();
  return conversation;
}

test.describe("a message that comes in below what is being read", () => {
  test.beforeEach(async ({ page, shop }) => {
    await page.clock.install();
    await page.goto(shop.chatUrl);
  });

  test("does not scroll, is counted, and stays unread", async ({ page, messenger, business }) => {
    const conversation = await readsAbove(page, messenger, business);
    const before = await messenger.message("message 3").boundingBox();
    await business.says(conversation, "message 26");
    await expect(page.getByRole("button", { name: "(1) New message" })).toBeVisible();
    await business.says(conversation, "message 27");
    const badge = page.getByRole("button", { name: "(2) New messages" });
    await expect(badge).toBeVisible();
    await expect(messenger.message("message 27")).not.toBeInViewport();
    const after = await messenger.message("message 3").boundingBox();
    expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(1.5);
    // However long one looks elsewhere.
    await passes(page, 5000);
    expect(await business.unread(conversation)).toBe(2);
    await badge.click();
    await expect(messenger.message("message 27")).toBeInViewport();
    await expect(badge).toBeHidden();
    await expect.poll(() => business.unread(conversation)).toBe(0);
  });

  for (const [what, does] of [
    ["going to the composer", (messenger: Messenger) => messenger.textbox.focus()],
    ["scrolling to the end", (messenger: Messenger) => messenger.message("message 26").scrollIntoViewIfNeeded()],
  ] as const) {
    test(`is read by ${what}`, async ({ page, messenger, business }) => {
      const conversation = await readsAbove(page, messenger, business);
      await business.says(conversation, "message 26");
      await expect(page.getByRole("button", { name: "(1) New message" })).toBeVisible();
      expect(await business.unread(conversation)).toBe(1);
      await does(messenger);
      await expect.poll(() => business.unread(conversation)).toBe(0);
    });
  }

  test("is read by typing", async ({ page, messenger, business }) => {
    const conversation = await readsAbove(page, messenger, business);
    await messenger.textbox.focus();
    await messenger.message("message 3").scrollIntoViewIfNeeded();
    await business.says(conversation, "message 26");
    await expect(page.getByRole("button", { name: "(1) New message" })).toBeVisible();
    await passes(page, 5000);
    expect(await business.unread(conversation)).toBe(1);
    await page.keyboard.type("I");
    await expect.poll(() => business.unread(conversation)).toBe(0);
  });
});

test.describe("a page that nobody looks at", () => {
  for (const [what, away, back] of [
    ["without the focus", { focused: false }, { focused: true }],
    ["out of sight", { visible: false }, { visible: true }],
  ] as const) {
    test(`counts in its title what came ${what}, and none of it is read`, async ({ page, shop, messenger, business }) => {
      await page.clock.install();
      await page.goto(shop.chatUrl);
      const title = await page.title();
      const line = connected(page);
      await messenger.delivers("Hello?");
      await line;
      const conversation = await messenger.conversation();
      await attend(page, away);
      await business.says(conversation, "one");
      await expect(page).toHaveTitle("(1) New message");
      await business.says(conversation, "two");
      await expect(page).toHaveTitle("(2) New messages");
      await passes(page, 5000);
      expect(await business.unread(conversation)).toBe(2);
      await attend(page, back);
      await expect(page).toHaveTitle(title);
      await expect.poll(() => business.unread(conversation)).toBe(0);
      // At a page that is looked at, nothing is counted.
      await business.says(conversation, "three");
      await expect(messenger.message("three")).toBeVisible();
      await expect(page).toHaveTitle(title);
    });
  }

  test("sounds, and one that is looked at does not", async ({ page, shop, messenger, business }) => {
    const asked = watchSound(page);
    await page.goto(shop.chatUrl);
    const line = connected(page);
    await messenger.delivers("Hello?");
    await line;
    const conversation = await messenger.conversation();
    await business.says(conversation, "one");
    await expect(messenger.message("one")).toBeVisible();
    await attend(page, { focused: false });
    await business.says(conversation, "two");
    await expect.poll(() => asked.length).toBeGreaterThan(0);
    // Had the first message sounded, it would have been asked for before.
    expect(new Set(asked)).toEqual(new Set([new URL("/message.wav", shop.chatUrl).href]));
    expect(asked).toHaveLength(1);
  });

  test("is silent where the business wants it so", async ({ page, shop, messenger, business }) => {
    await business.patchIntegration({ soundNotificationEnabled: false });
    const asked = watchSound(page);
    await expect(async () => {
      await page.goto(shop.chatUrl);
      expect(await page.locator("#start").textContent()).toContain('"sound":false');
    }).toPass();
    const line = connected(page);
    await messenger.delivers("Hello?");
    await line;
    await attend(page, { focused: false });
    await business.says(await messenger.conversation(), "one");
    await expect(page).toHaveTitle("(1) New message");
    await passes(page, 0);
    expect(asked).toEqual([]);
  });
});

test.describe("who writes", () => {
  test("is announced at most once in ten seconds, and sending ends it", async ({ page, shop, messenger }) => {
    const told = watchTyping(page);
    await watchForLife(page);
    await page.clock.install();
    await page.goto(shop.chatUrl);
    await isAlive(page);
    const line = connected(page);
    await messenger.delivers("one");
    await line;
    expect(told, "there was no conversation to type in").toEqual([]);

    await page.keyboard.type("two and more");
    await expect.poll(() => told).toEqual([true]);
    await page.keyboard.press("Enter");
    await expect(messenger.message("two and more")).toHaveCount(1);
    await expect.poll(() => told).toEqual([true, false]);
    for (const text of ["three", "four", "five"]) {
      await page.keyboard.type(text);
      await page.keyboard.press("Enter");
      await expect(messenger.message(text)).toHaveCount(1);
    }
    await expect(messenger.status("Delivered")).toHaveCount(1);
    expect(told, "however often it begins").toEqual([true, false]);

    await page.clock.fastForward(10_000);
    await page.keyboard.type("s");
    await expect.poll(() => told).toEqual([true, false, true]);
    await page.keyboard.type("ix");
    expect(told).toEqual([true, false, true]);
    // Who takes it all back does not write any more.
    await messenger.textbox.fill("");
    await expect.poll(() => told).toEqual([true, false, true, false]);
  });

  test("is taken to have stopped after ten silent seconds", async ({ page, shop, messenger }) => {
    const told = watchTyping(page);
    await page.clock.install();
    await page.goto(shop.chatUrl);
    const line = connected(page);
    await messenger.delivers("one");
    await line;
    await page.keyboard.type("two");
    await expect.poll(() => told).toEqual([true]);
    await page.clock.fastForward(10_000);
    await expect.poll(() => told).toEqual([true, false]);
  });

  test("is told to webhooks", async ({ page, shop, messenger, business, hooks }) => {
    await business.hears(hooks.url, "conversation:typing");
    await page.goto(shop.chatUrl);
    const line = connected(page);
    await messenger.delivers("one");
    await line;
    await page.keyboard.type("two");
    const isOf = (type: string) => (event: { payload: any }) => event.payload.activity.type === type;
    const { payload } = await hooks.event("conversation:typing", isOf("typing:start"));
    expect(payload).toMatchObject({ conversation: { id: await messenger.conversation() }, activity: { author: { type: "user" } } });
    await page.keyboard.press("Enter");
    await hooks.event("conversation:typing", isOf("typing:stop"));
  });
});

/** Has time go by on the page, and what it asks the server for then be asked. */
async function passes(page: Page, milliseconds: number): Promise<void> {
  if (milliseconds > 0) await page.clock.fastForward(milliseconds);
  await page.evaluate(async () => (await fetch("/favicon.svg", { cache: "no-store" })).text());
}

/** The addresses of every sound that `page` asks for. */
function watchSound(page: Page): string[] {
  const asked: string[] = [];
  page.on("request", (request) => {
    if (request.url().endsWith(".wav")) asked.push(request.url());
  });
  return asked;
}

/** Whether somebody types, every time that `page` tells it. */
function watchTyping(page: Page): boolean[] {
  const told: boolean[] = [];
  page.on("websocket", (socket) =>
    socket.on("framesent", ({ payload }) => {
      const frame = JSON.parse(String(payload)) as { type: string; on: boolean };
      if (frame.type === "typing") told.push(frame.on);
    }),
  );
  return told;
}
