/** Several conversations: the list, the way between them, a new one. */
import { expectAccessible, expectNoSidewaysScrolling } from "../../support/looks.ts";
import { connected, expect, isAlive, test, watchForLife } from "../../support/test.ts";

test.beforeEach(async ({ page, shop, messenger, business }) => {
  await business.patchIntegration({ canUserCreateMoreConversations: true });
  await page.goto(shop.chatUrl);
  await messenger.delivers("the first matter");
  // From here on the browser has a cookie, and all ways are links.
  await page.goto(shop.chatUrl);
});

test("a new conversation begins beside the first, and the list leads to both", async ({ page, messenger, business }) => {
  const first = await messenger.conversation();
  await page.getByRole("link", { name: "My conversations" }).click();
  await expect(page.getByRole("heading", { name: "My conversations", level: 1 })).toBeVisible();
  const entries = page.getByRole("main").getByRole("listitem").getByRole("link");
  await expect(entries).toHaveCount(1);
  await page.getByRole("link", { name: "New Conversation" }).click();
  await expect(messenger.messages).toHaveCount(0);
  await messenger.delivers("the second matter");
  await page.reload();
  await expect(messenger.message("the second matter")).toHaveCount(1);
  const second = await messenger.conversation();
  expect(second).not.toBe(first);
  expect(await business.texts(first)).toEqual(["the first matter"]);

  await page.getByRole("link", { name: "My conversations" }).click();
  await expect(entries).toHaveCount(2);
  await expect(entries.first()).toContainText("the second matter");
  await expect(entries.first()).toContainText("Just now");
  await entries.last().click();
  await expect(messenger.message("the first matter")).toHaveCount(1);
  expect(await messenger.conversation()).toBe(first);
});

test("whoever has several is at the list first, and sees what is unread", async ({ page, shop, messenger, business }) => {
  const first = await messenger.conversation();
  await page.getByRole("link", { name: "My conversations" }).click();
  await page.getByRole("link", { name: "New Conversation" }).click();
  await messenger.delivers("the second matter");
  await page.goto(`${shop.chatUrl}?view=list`);
  await business.says(first, "An answer to the first");
  await page.goto(shop.chatUrl);
  const top = page.getByRole("main").getByRole("listitem").getByRole("link").first();
  await expect(top).toContainText("An answer to the first");
  await expect(top).toContainText("1 unread");
});

test("the list follows what happens, and a conversation what happens elsewhere", async ({
  page,
  shop,
  messenger,
  business,
  javaScriptEnabled,
}) => {
  test.skip(!javaScriptEnabled, "plain HTML stays as it is");
  const first = await messenger.conversation();
  await page.getByRole("link", { name: "My conversations" }).click();
  await page.getByRole("link", { name: "New Conversation" }).click();
  await messenger.delivers("the second matter");
  let line = connected(page);
  await page.goto(shop.chatUrl);
  await line;
  await business.says(first, "An answer");
  const top = page.getByRole("main").getByRole("listitem").getByRole("link").first();
  await expect(top).toContainText("An answer", { timeout: 2000 });
  await expect(top).toContainText("1 unread");

  line = connected(page);
  await page.getByRole("main").getByRole("listitem").getByRole("link").last().click();
  await line;
  await business.says(first, "One more");
  await expect(messenger.notice("2 unread")).toBeAttached();

  // What another tab shows is read here as well.
  const tab = await page.context().newPage();
  await tab.goto(`${shop.chatUrl}/${first}`);
  await expect(messenger.notice("unread")).not.toBeAttached();
});

test("what could not be sent stays with its conversation", async ({
  page,
  shop,
  messenger,
  business,
  guard,
  javaScriptEnabled,
}) => {
  guard.expect(/ERR_FAILED/);
  test.skip(!javaScriptEnabled, "a browser without scripts says so itself");
  const first = await messenger.conversation();
  await page.goto(`${shop.chatUrl}?view=new`);
  await messenger.delivers("the second matter");
  const second = await messenger.conversation();
  await watchForLife(page);
  await page.goto(`${shop.chatUrl}/${second}`);
  await isAlive(page);
  await page.route("**/fn/send_message", (route) => route.abort());
  await messenger.says("held up");
  await page.unroute("**/fn/send_message");
  await page.goto(`${shop.chatUrl}/${first}`);
  await isAlive(page);
  await expect(messenger.message("held up")).toHaveCount(0);
  await page.goto(`${shop.chatUrl}/${second}`);
  await expect(messenger.message("held up")).toHaveCount(1);
  await expect.poll(() => business.texts(second)).toEqual(["the second matter", "held up"]);
  expect(await business.texts(first)).toEqual(["the first matter"]);
});

test("the list is at home on a narrow screen and with a screen reader", async ({ page, shop, javaScriptEnabled }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const theme of ["light", "dark"]) {
    await page.goto(`${shop.chatUrl}?view=list&theme=${theme}`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
    await expectNoSidewaysScrolling(page);
    // The scan is a script.
    if (javaScriptEnabled) await expectAccessible(page);
  }
});
