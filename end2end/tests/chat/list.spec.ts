/** The list of conversations: whether there is one, page by page, and when it can't be had. */
import type { Page } from "@playwright/test";
import { range } from "../../support/messenger.ts";
import { connected, expect, isAlive, test, watchForLife } from "../../support/test.ts";

/** The way back from a conversation. */
function back(page: Page) {
  return page.getByRole("link", { name: "My conversations" });
}

test("who may not see the list goes straight to the newest conversation", async ({ page, messenger, business }) => {
  const address = await business.page({ canUserCreateMoreConversations: true, canUserSeeConversationList: false });
  await page.goto(address);
  await messenger.delivers("the first matter");
  const first = await messenger.conversation();
  await page.goto(`${address}?view=new`);
  await messenger.delivers("the second matter");
  expect(await messenger.conversation()).not.toBe(first);
  // The list is not at its own address either.
  for (const view of ["", "?view=list"]) {
    await page.goto(`${address}${view}`);
    await expect(messenger.message("the second matter")).toBeVisible();
    await expect(messenger.messages).toHaveCount(1);
    await expect(back(page)).toHaveCount(0);
    await expect(page.getByRole("heading", { name: "My conversations" })).toHaveCount(0);
  }
  // Whoever has the address of an older one is at that.
  await page.goto(`${address}?conversationId=${first}`);
  await expect(messenger.message("the first matter")).toBeVisible();
  await expect(back(page)).toHaveCount(0);
});

test("ten conversations are there at first, and Load more leads to all the others", async ({
  page,
  shop,
  messenger,
  business,
}) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("Hello?");
  const first = await messenger.conversation();
  const user = await business.author(first);
  for (const number of range(2, 23)) {
    const conversation = await business.begins(user, `Matter ${number}`);
    await business.says(conversation, `About ${number}`);
  }
  await page.goto(shop.chatUrl);
  const entries = page.getByRole("main").getByRole("listitem").getByRole("link");
  const more = page.getByRole("link", { name: "Load more" });
  const seen: number[] = [];
  for (const [newest, oldest] of [[23, 14], [13, 4], [3, 2]] as const) {
    await expect(entries.first()).toContainText(`About ${newest}`);
    await expect(page.getByText(`About ${oldest}`, { exact: true })).toBeVisible();
    const texts = await entries.allInnerTexts();
    seen.push(...texts.flatMap((text) => /About (\d+)/.exec(text)?.slice(1).map(Number) ?? []));
    if (oldest !== 2) await more.click();
  }
  expect(seen, "without gaps and doubles, newest first").toEqual(range(2, 23).reverse());
  await expect(entries.last()).toContainText("Hello?");
  await expect(more).toHaveCount(0);
  await entries.last().click();
  await expect(messenger.message("Hello?")).toHaveCount(1);
  expect(await messenger.conversation()).toBe(first);
});

test("a list that can't be had says so, and goes on once it can", async ({
  page,
  shop,
  messenger,
  business,
  guard,
  javaScriptEnabled,
}) => {
  test.skip(!javaScriptEnabled, "plain HTML asks for nothing");
  guard.expect(/ERR_FAILED/);
  await business.patchIntegration({ canUserCreateMoreConversations: true });
  await page.goto(shop.chatUrl);
  await messenger.delivers("the first matter");
  const first = await messenger.conversation();
  await page.goto(`${shop.chatUrl}?view=new`);
  await messenger.delivers("the second matter");
  await watchForLife(page);
  // The line that counts is that of the list.
  await page.goto("about:blank");
  const line = connected(page);
  await page.goto(shop.chatUrl);
  await isAlive(page);
  await line;
  const top = page.getByRole("main").getByRole("listitem").getByRole("link").first();
  const problem = page.getByRole("alert").filter({ hasText: "Couldn’t load conversations." });
  await expect(problem).toBeHidden();
  await page.route("**/fn/list_conversations", (route) => route.abort());
  await business.says(first, "An answer");
  await expect(problem).toBeVisible();
  await expect(top, "what was there stays").toContainText("the second matter");
  await page.unroute("**/fn/list_conversations");
  await business.says(first, "One more");
  await expect(top).toContainText("One more");
  await expect(problem).toBeHidden();
});
