/** Going to another page and back, as browsers do it that keep the page they leave. */
import type { Page } from "@playwright/test";
import { CHROMIUM } from "../../support/chromium.ts";
import { logOut, logsIn } from "../../support/logins.ts";
import { connected, expect, isAlive, test, watchForLife } from "../../support/test.ts";

// Whoever drives a browser has it keep no page, unless told otherwise. And a page that a test has touched must reach the server.
test.use({
  launchOptions: {
    ...CHROMIUM,
    args: [...CHROMIUM.args, "--disable-features=LocalNetworkAccessChecks"],
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  },
});

/** This browser keeps no page that is not to be stored. Others do: to it, nothing is said of that. */
async function letKeep(page: Page): Promise<void> {
  await page.route(/\/chat\/[0-9a-f]{24}(\?.*)?$/, async (route) => {
    if (route.request().method() !== "GET") return route.fallback();
    const response = await route.fetch();
    const { "cache-control": _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
}

/** Goes to another page. */
async function leaves(page: Page, elsewhere: string): Promise<void> {
  await page.evaluate(() => {
    window.addEventListener("pageshow", ({ persisted }) => {
      document.documentElement.setAttribute("data-test-kept", String(persisted));
    });
  });
  await page.goto(elsewhere);
}

/** Goes back to the page before, which was kept as it was. */
async function goesBack(page: Page): Promise<void> {
  // The page that asks for it may be gone before it hears of that.
  await page.evaluate(() => history.back()).catch(() => {});
  await expect(page.locator("html")).toHaveAttribute("data-test-kept", "true");
}

test.beforeEach(async ({ page }) => {
  await watchForLife(page);
  await letKeep(page);
});

test("a page that comes back is live again and has what was said meanwhile", async ({ page, shop, messenger, business }) => {
  const { cardUrl: elsewhere } = await business.link();
  await page.goto(shop.chatUrl);
  await isAlive(page);
  const line = connected(page);
  await messenger.delivers("message 1");
  await line;
  const conversation = await messenger.conversation();
  await messenger.textbox.fill("half a thought");
  await leaves(page, elsewhere);
  await business.says(conversation, "message 2");
  await business.says(conversation, "message 3");
  await goesBack(page);
  await expect(messenger.message("message 3")).toBeVisible();
  await expect.poll(() => messenger.numbers()).toEqual([1, 2, 3]);
  await expect(messenger.textbox).toHaveValue("half a thought");
  await business.says(conversation, "message 4");
  await expect(messenger.message("message 4")).toBeVisible({ timeout: 2000 });
  await messenger.says("message 5");
  await expect(messenger.status("Delivered")).toHaveCount(1);
  await expect.poll(() => messenger.numbers()).toEqual([1, 2, 3, 4, 5]);
  expect(await business.texts(conversation)).toEqual([1, 2, 3, 4, 5].map((number) => `message ${number}`));
});

test("the list that comes back says what is new", async ({ page, shop, messenger, business }) => {
  await business.patchIntegration({ canUserCreateMoreConversations: true });
  await page.goto(shop.chatUrl);
  await messenger.delivers("the first matter");
  const first = await messenger.conversation();
  await page.goto(`${shop.chatUrl}?view=new`);
  await messenger.delivers("the second matter");
  await page.goto(shop.chatUrl);
  await isAlive(page);
  const top = page.getByRole("main").getByRole("listitem").getByRole("link").first();
  await expect(top).toContainText("the second matter");
  await leaves(page, (await business.link()).cardUrl);
  await business.says(first, "An answer");
  await goesBack(page);
  await expect(top).toContainText("An answer");
  await expect(top).toContainText("1 unread");
});

test("a page of somebody who has logged out meanwhile does not come back", async ({
  page,
  context,
  shop,
  messenger,
  guard,
}) => {
  guard.expect(/status of 401|WebSocket connection to/);
  await logsIn(page, shop, "ann");
  await isAlive(page);
  await messenger.delivers("Ann's secret");
  const tab = await context.newPage();
  await tab.goto(shop.chatUrl);
  await leaves(page, "about:blank");
  await logOut(tab).click();
  await expect(logOut(tab)).toBeHidden();
  // Whether the page was kept or is loaded anew.
  await page.evaluate(() => history.back()).catch(() => {});
  await expect(messenger.textbox).toBeEditable();
  await expect(messenger.messages).toHaveCount(0);
});
