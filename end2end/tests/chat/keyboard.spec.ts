/** The page by keyboard alone. */
import { content, servePictures } from "../../support/examples.ts";
import { connected, expect, isAlive, test, watchForLife } from "../../support/test.ts";

test("the keys lead from the log to the composer, its menu and Send, and send", async ({
  page,
  shop,
  messenger,
  business,
  javaScriptEnabled,
}) => {
  await watchForLife(page);
  await page.goto(shop.chatUrl);
  if (javaScriptEnabled) await isAlive(page);
  const attach = page.getByRole("button", { name: "Attach" });
  for (const next of [messenger.log, messenger.textbox, attach, messenger.send]) {
    await page.keyboard.press("Tab");
    await expect(next).toBeFocused();
  }
  for (const before of [attach, messenger.textbox]) {
    await page.keyboard.press("Shift+Tab");
    await expect(before).toBeFocused();
  }
  await page.keyboard.type("one");
  // Without scripts Enter is a line break: Send sends.
  await page.keyboard.press(javaScriptEnabled ? "Shift+Enter" : "Enter");
  await page.keyboard.type("two");
  await expect(messenger.textbox).toHaveValue("one\ntwo");
  if (!javaScriptEnabled) for (let on = 0; on < 2; on++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(messenger.status("Delivered")).toHaveCount(1);
  expect(await business.texts(await messenger.conversation())).toEqual(["one\ntwo"]);
  if (javaScriptEnabled) await expect(messenger.textbox).toBeFocused();
});

test("buttons of messages are reached and pressed", async ({ page, shop, messenger, business }) => {
  await servePictures(page);
  await page.goto(shop.chatUrl);
  await messenger.delivers("Hello?");
  const conversation = await messenger.conversation();
  await business.sends(conversation, content("quick-replies"));
  await page.reload();
  const yes = messenger.log.getByRole("button", { name: "Yes", exact: true });
  await expect(yes).toBeVisible();
  for (const next of [messenger.log, yes]) {
    await page.keyboard.press("Tab");
    await expect(next).toBeFocused();
  }
  await page.keyboard.press("Enter");
  await expect(messenger.message("Yes")).toHaveAttribute("data-role", "user");
});

test("a picture is opened by key, and Escape leads back to it", async ({
  page,
  shop,
  messenger,
  business,
  javaScriptEnabled,
}) => {
  test.skip(!javaScriptEnabled, "without scripts a picture opens in a tab of its own");
  await servePictures(page);
  await page.goto(shop.chatUrl);
  const line = connected(page);
  await messenger.delivers("Hello?");
  await line;
  await business.sends(await messenger.conversation(), content("image"));
  const picture = messenger.log.getByRole("link", { name: "A red running shoe" });
  await expect(picture).toBeVisible();
  await expect(messenger.textbox).toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(picture).toBeFocused();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await expect(dialog).toBeVisible();
  // The keys stay in what covers the page.
  for (let on = 0; on < 4; on++) {
    await page.keyboard.press("Tab");
    expect(await page.evaluate(() => document.activeElement?.matches("body, dialog *"))).toBe(true);
  }
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await expect(picture).toBeFocused();
});
