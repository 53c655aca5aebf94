/** Whose words are kept where: drafts of users who share a browser, a browser that forgets, a second device. */
import type { Page } from "@playwright/test";
import { smooch } from "../../support/clients.ts";
import { logOut, logsIn } from "../../support/logins.ts";
import { Messenger } from "../../support/messenger.ts";
import { expect, isAlive, test, watchForLife } from "../../support/test.ts";

/** Everything that scripts of the page find in a storage. */
function kept(page: Page, where: "localStorage" | "sessionStorage"): Promise<string> {
  return page.evaluate((where) => JSON.stringify({ ...window[where] }), where);
}

/** A browser keeps a draft once its writer pauses. */
async function drafts(page: Page, messenger: Messenger, text: string): Promise<void> {
  await messenger.textbox.fill(text);
  await expect.poll(async () => (await kept(page, "localStorage")).includes(text)).toBe(true);
}

test.beforeEach(async ({ page }) => {
  await watchForLife(page);
});

for (const [what, hasWritten] of [
  ["before the first message", false],
  ["in a conversation", true],
] as const) {
  test(`a draft ${what} is not shown to who comes after a logout`, async ({ page, shop, messenger }) => {
    await logsIn(page, shop, "ann");
    if (hasWritten) await messenger.delivers("It is me");
    await isAlive(page);
    await drafts(page, messenger, "Ann's half a thought");
    await logOut(page).click();
    await expect(logOut(page)).toBeHidden();
    await isAlive(page);
    await expect(messenger.textbox).toHaveValue("");
    await expect(messenger.messages).toHaveCount(0);
    for (const where of ["localStorage", "sessionStorage"] as const) {
      expect(await kept(page, where)).not.toContain("half a thought");
    }
    await page.reload();
    await isAlive(page);
    await expect(messenger.textbox).toHaveValue("");
  });

  test(`a draft ${what} is not shown to another who logs in`, async ({ page, shop, messenger }) => {
    await logsIn(page, shop, "ann");
    if (hasWritten) await messenger.delivers("It is me");
    await isAlive(page);
    await drafts(page, messenger, "Ann's half a thought");
    await logsIn(page, shop, "bob");
    await isAlive(page);
    await expect(messenger.textbox).toHaveValue("");
    await expect(messenger.messages).toHaveCount(0);
    expect(await kept(page, "localStorage")).not.toContain("half a thought");
  });
}

test("a draft of somebody unknown stays with them over a reload", async ({ page, shop, messenger }) => {
  await page.goto(shop.chatUrl);
  await isAlive(page);
  await drafts(page, messenger, "half a thought");
  await page.reload();
  await isAlive(page);
  await expect(messenger.textbox).toHaveValue("half a thought");
});

test.describe("where a chat page is to forget its visitors", () => {
  test.beforeEach(async ({ business, page, shop, context }) => {
    await business.patchIntegration({ browserStorage: "sessionStorage" });
    await expect(async () => {
      await context.clearCookies();
      await page.goto(shop.chatUrl);
      expect(await page.locator("#start").textContent()).toContain('"forgets":true');
    }).toPass();
  });

  test("drafts live in the tab's own storage, and survive a reload", async ({ page, context, shop, messenger }) => {
    await page.goto(shop.chatUrl);
    await isAlive(page);
    await messenger.textbox.fill("half a thought");
    await expect.poll(async () => (await kept(page, "sessionStorage")).includes("half a thought")).toBe(true);
    expect(await kept(page, "localStorage")).toBe("{}");
    await page.reload();
    await isAlive(page);
    await expect(messenger.textbox).toHaveValue("half a thought");
    const tab = await context.newPage();
    await watchForLife(tab);
    await tab.goto(shop.chatUrl);
    await isAlive(tab);
    await expect(new Messenger(tab).textbox).toHaveValue("");
  });

  test("the browser knows them no longer than it runs", async ({ page, context, browser, shop, messenger, guard }) => {
    await page.goto(shop.chatUrl);
    await messenger.delivers("Hello?");
    await page.reload();
    await expect(messenger.message("Hello?")).toHaveCount(1);
    const cookies = await context.cookies();
    const visitor = cookies.filter(({ name }) => name === `parlor_${shop.integrationId}`);
    expect(visitor.map(({ expires, httpOnly }) => ({ expires, httpOnly }))).toEqual([{ expires: -1, httpOnly: true }]);
    // A browser that is started again has what was to be kept.
    const again = await browser.newContext();
    guard.watch(again);
    await again.addCookies(cookies.filter(({ expires }) => expires !== -1));
    const later = await again.newPage();
    await later.goto(shop.chatUrl);
    await expect(new Messenger(later).textbox).toBeEditable();
    await expect(new Messenger(later).messages).toHaveCount(0);
    await again.close();
  });
});

test("a code in the fragment opens the history on a second device, once", async ({
  page,
  browser,
  parlor,
  shop,
  messenger,
  guard,
}) => {
  guard.expect(/status of 401/);
  // For who builds the login.
  guard.expect(/authCode is unknown, used or too old/);
  await logsIn(page, shop, "ann");
  await messenger.delivers("From my desk");
  const v1 = smooch(parlor.url, { id: shop.keyId, secret: shop.secret }, "app");
  const { authCode } = await v1.appUsers.getAuthCode("ann");

  const phone = await browser.newContext();
  guard.watch(phone);
  const second = await phone.newPage();
  const told: string[] = [];
  second.on("request", (request) => told.push(request.url(), request.headers()["referer"] ?? ""));
  await second.goto(`${shop.chatUrl}#authCode=${authCode}`);
  const there = new Messenger(second);
  await expect(there.message("From my desk")).toHaveCount(1);
  expect(second.url()).toBe(shop.chatUrl);
  expect(told.filter((text) => text.includes(authCode))).toEqual([]);
  await there.delivers("From my phone");
  await expect(messenger.message("From my phone")).toHaveCount(1);
  await second.reload();
  await expect(there.messages).toHaveCount(2);
  await phone.close();

  const thief = await browser.newContext();
  guard.watch(thief);
  const third = await thief.newPage();
  await third.goto(`${shop.chatUrl}#authCode=${authCode}`);
  const elsewhere = new Messenger(third);
  await expect(elsewhere.alert.filter({ hasText: "Signing in did not work" })).toBeVisible();
  await expect(elsewhere.messages).toHaveCount(0);
  await thief.close();
});
