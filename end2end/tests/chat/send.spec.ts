/** A visitor opens the link, writes, and is answered; with and without JavaScript. */
import { BIDI, NAME, SCRIPTS } from "../../support/hostile.ts";
import { BUSINESS_NAME, expect, test } from "../../support/test.ts";

test("the first view names the business and invites to write", async ({ page, shop, messenger }) => {
  await page.goto(shop.chatUrl);
  await expect(page).toHaveTitle(BUSINESS_NAME);
  await expect(page.getByRole("main")).toHaveCount(1);
  await expect(messenger.heading).toHaveText(BUSINESS_NAME);
  await expect(page.getByText("How can we help?")).toBeVisible();
  await expect(messenger.log).toBeVisible();
  await expect(messenger.messages).toHaveCount(0);
  await expect(messenger.textbox).toBeEditable();
  await expect(messenger.send).toBeEnabled();
  await expect(messenger.loadMore).toBeHidden();
});

test("a message is in the log once, as delivered, and the composer is ready for the next", async ({
  page,
  shop,
  messenger,
  business,
}) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("Do you have green tea?");
  await expect(messenger.messages).toHaveAttribute("data-role", "user");
  await expect(messenger.messages).toHaveAttribute("data-message-id", /^[0-9a-f]{24}$/);
  await expect(messenger.textbox).toHaveValue("");
  await messenger.delivers("And cups?");
  await expect(messenger.messages).toHaveCount(2);
  expect(await business.texts(await messenger.conversation())).toEqual(["Do you have green tea?", "And cups?"]);
});

test("an answer shows up with its author's name", async ({ page, shop, messenger, business, javaScriptEnabled }) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("Hello?");
  await business.says(await messenger.conversation(), "Good morning!");
  if (!javaScriptEnabled) await page.reload();
  const answer = messenger.message("Good morning!");
  await expect(answer).toBeVisible({ timeout: 2000 });
  await expect(answer).toHaveCount(1);
  await expect(answer).toHaveAttribute("data-role", "business");
  await expect(answer).toContainText("Ann");
});

test("what stands on the screen is read", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("Hello?");
  const conversation = await messenger.conversation();
  await page.goto("about:blank");
  await business.says(conversation, "Good morning!");
  expect(await business.unread(conversation)).toBe(1);
  await page.goto(shop.chatUrl);
  await expect(messenger.message("Good morning!")).toBeVisible();
  await expect.poll(() => business.unread(conversation)).toBe(0);
});

test("line breaks, spaces and any script are kept as they were typed", async ({ page, shop, messenger, business }) => {
  const text = `  two\n\nlines ${BIDI}`;
  await page.goto(shop.chatUrl);
  await messenger.says(text);
  await expect(messenger.status("Delivered")).toHaveCount(1);
  expect(await business.texts(await messenger.conversation())).toEqual([text]);
  await page.reload();
  await expect(messenger.messages).toHaveCount(1);
});

test("a reload keeps the conversation and sends nothing again", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("only once");
  const conversation = await messenger.conversation();
  for (let again = 0; again < 2; again++) {
    await page.reload();
    await expect(messenger.message("only once")).toHaveCount(1);
  }
  expect(await messenger.conversation()).toBe(conversation);
  expect(await business.texts(conversation)).toEqual(["only once"]);
});

test("going back and reloading sends nothing again", async ({ page, shop, messenger, business }) => {
  await page.goto(`${shop.chatUrl}?theme=light`);
  await page.goto(shop.chatUrl);
  await messenger.delivers("first");
  await messenger.delivers("second");
  const conversation = await messenger.conversation();
  await page.goBack();
  await expect(messenger.messages).toHaveCount(2);
  await page.reload();
  await expect(messenger.messages).toHaveCount(2);
  await page.goForward();
  await expect(messenger.messages).toHaveCount(2);
  expect(await business.texts(conversation)).toEqual(["first", "second"]);
});

test("a blank text is not sent", async ({ page, shop, messenger, guard, javaScriptEnabled }) => {
  guard.expect(/status of 422/);
  await page.goto(shop.chatUrl);
  for (const text of ["", "   ", "\n\n", "\u200b\u200b"]) {
    await messenger.says(text);
    // A script need not leave the page to tell that there is nothing to send, and says nothing.
    if (!javaScriptEnabled) await expect(messenger.alert).toHaveText("Write something first.");
    await expect(messenger.messages).toHaveCount(0);
  }
  await expect(page).toHaveURL(shop.chatUrl);
  await messenger.delivers("not blank");
  await expect(messenger.alert).toHaveText("");
});

test("a text too long says so in place and is kept", async ({ page, shop, messenger, guard }) => {
  guard.expect(/status of 422/);
  await page.goto(shop.chatUrl);
  const long = "long ".repeat(820);
  await messenger.says(long);
  await expect(messenger.alert).toHaveText("Max message size limit exceeded (4096).");
  await expect(messenger.textbox).toHaveValue(long);
  await expect(messenger.messages).toHaveCount(0);
  await expect(page).toHaveURL(shop.chatUrl);
  await messenger.says(long.slice(0, 4096));
  await expect(messenger.messages).toHaveCount(1);
  await expect(messenger.alert).toHaveText("");
});

test("a prefill stands in the composer and is sent only by the visitor", async ({ page, shop, messenger }) => {
  await page.goto(`${shop.chatUrl}?message=${encodeURIComponent("I come from\nthe shop")}`);
  await expect(messenger.textbox).toHaveValue("I come from\nthe shop");
  await expect(messenger.messages).toHaveCount(0);
  await messenger.send.click();
  await expect(messenger.message("I come from the shop")).toHaveCount(1);
  await expect(messenger.textbox).toHaveValue("");
  await expect(page).not.toHaveTitle(/shop$/);
});

test.describe("hostile texts are nothing but text", () => {
  test.afterEach(async ({ page }) => {
    expect(await page.evaluate(() => "__xss" in window), "nothing of it ran").toBe(false);
    for (const link of await page.getByRole("link").all()) {
      await expect(link).not.toHaveAttribute("href", /^\s*(javascript|data|vbscript):/i);
    }
  });

  test("from the visitor", async ({ page, shop, messenger }) => {
    await page.goto(shop.chatUrl);
    for (const [index, text] of SCRIPTS.entries()) {
      await messenger.says(text);
      await expect(messenger.messages).toHaveCount(index + 1);
      await expect(messenger.messages.last()).toContainText(text);
      await expect(messenger.status("Delivered")).toHaveCount(1);
    }
    await page.reload();
    for (const [index, text] of SCRIPTS.entries()) await expect(messenger.messages.nth(index)).toContainText(text);
  });

  test("from the business, its name included", async ({ page, shop, messenger, business, javaScriptEnabled }) => {
    await business.patchIntegration({ businessName: SCRIPTS[0]?.slice(0, 100) });
    await page.goto(shop.chatUrl);
    await expect(messenger.heading).toHaveText(SCRIPTS[0]?.slice(0, 100) ?? "");
    await messenger.delivers("Hello?");
    const conversation = await messenger.conversation();
    for (const text of SCRIPTS) await business.says(conversation, text, NAME);
    if (!javaScriptEnabled) await page.reload();
    for (const [index, text] of SCRIPTS.entries()) {
      await expect(messenger.messages.nth(index + 1)).toContainText(text);
    }
    await expect(messenger.messages.nth(1)).toContainText(NAME);
    await page.reload();
    await expect(messenger.messages).toHaveCount(SCRIPTS.length + 1);
  });

  test("from a link", async ({ page, shop, messenger }) => {
    for (const text of SCRIPTS) {
      const query = new URLSearchParams({ message: text, theme: text, locale: text, dir: text, brandColor: text });
      await page.goto(`${shop.chatUrl}?${query.toString()}`);
      await expect(messenger.textbox).toHaveValue(text);
      await expect(messenger.heading).toHaveText(BUSINESS_NAME);
    }
  });
});
