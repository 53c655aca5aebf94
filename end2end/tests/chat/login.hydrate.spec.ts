/** Who the visitor is: credentials in the fragment of the address, and what other tabs make of a login and a logout. */
import type { Page } from "@playwright/test";
import { fragment, logOut } from "../../support/logins.ts";
import { Messenger } from "../../support/messenger.ts";
import { connected, expect, test } from "../../support/test.ts";

/** What a refused login makes the browser say. */
const UNAUTHORIZED = /status of 401/;
/** A page that goes away leaves its line. */
const LEFT = /WebSocket connection to/;

const HOUR = 3600;

/** Notes every address that the browser asks for, and every referrer that it tells. */
function watchAddresses(page: Page): string[] {
  const told: string[] = [];
  page.on("request", (request) => told.push(request.url(), request.headers()["referer"] ?? ""));
  return told;
}

test("a token in the fragment opens the user's history and is gone at once", async ({ page, shop, messenger }) => {
  const told = watchAddresses(page);
  await page.goto(shop.chatUrl + fragment(shop, "ann@shop.example+1"));
  await expect(logOut(page)).toBeVisible();
  expect(page.url()).toBe(shop.chatUrl);
  expect(told.filter((text) => text.includes("jwt"))).toEqual([]);
  await messenger.delivers("It is me");
  await page.reload();
  await expect(messenger.message("It is me")).toHaveCount(1);

  await logOut(page).click();
  await expect(logOut(page)).toBeHidden();
  await expect(messenger.messages).toHaveCount(0);
  await page.goto(shop.chatUrl + fragment(shop, "ann@shop.example+1"));
  await expect(messenger.message("It is me")).toHaveCount(1);
});

test("what was said before the login comes along", async ({ page, shop, messenger }) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("Who am I?");
  // The same page: nothing but the fragment changes.
  await page.evaluate((hash) => { location.hash = hash; }, fragment(shop, "ann"));
  await expect(logOut(page)).toBeVisible();
  await expect(messenger.message("Who am I?")).toHaveCount(1);
  expect(page.url()).toBe(shop.chatUrl);
});

test("a bad token says what is wrong, and the visitor goes on as before", async ({ page, shop, messenger, guard }) => {
  guard.expect(UNAUTHORIZED);
  // For who builds the login.
  guard.expect(/jwt has expired/);
  await page.goto(shop.chatUrl);
  await messenger.delivers("Hello?");
  await page.goto("about:blank");
  await page.goto(shop.chatUrl + fragment(shop, "ann", -HOUR));
  await expect(messenger.alert.filter({ hasText: "Signing in did not work" })).toBeVisible();
  await expect(messenger.message("Hello?")).toHaveCount(1);
  await expect(logOut(page)).toBeHidden();
  await messenger.delivers("Never mind");
});

test("other tabs follow a logout and another login, and show nobody else's words", async ({
  page,
  context,
  shop,
  messenger,
  guard,
}) => {
  guard.expect(LEFT);
  guard.expect(UNAUTHORIZED);
  await page.goto(shop.chatUrl + fragment(shop, "ann"));
  await expect(logOut(page)).toBeVisible();
  await messenger.delivers("Ann's secret");

  const tab = await context.newPage();
  const other = new Messenger(tab);
  const line = connected(tab);
  await tab.goto(shop.chatUrl);
  await expect(other.message("Ann's secret")).toHaveCount(1);
  await line;
  await logOut(page).click();
  await expect(messenger.messages).toHaveCount(0);
  await expect(other.messages).toHaveCount(0);

  // The other tab is a stranger's now and holds no line: it hears of the next login when it does something.
  await page.goto(shop.chatUrl + fragment(shop, "bob"));
  await expect(logOut(page)).toBeVisible();
  await messenger.delivers("Bob's word");
  await expect(logOut(tab)).toBeHidden();
  await other.says("From the other tab");
  await expect(logOut(tab)).toBeVisible();
  await expect(other.message("Bob's word")).toHaveCount(1);
  await expect(other.textbox).toHaveValue("From the other tab");
  await other.send.click();
  await expect(messenger.message("From the other tab")).toHaveCount(1);
});
