/** The chat in an iframe of a browser that is careful with cookies. */
import { createServer } from "node:http";
import { CHROMIUM } from "../../support/chromium.ts";
import { Messenger } from "../../support/messenger.ts";
import { listen } from "../../support/port.ts";
import { connected, expect, test } from "../../support/test.ts";

test.use({ launchOptions: { ...CHROMIUM, args: [...CHROMIUM.args, "--test-third-party-cookie-phaseout"] } });

test.beforeEach(({ guard }) => {
  // Browsers forbid storage in the frames of other sites, and the page says so to those who build sites.
  guard.expect(/lets the chat store nothing/);
});

test("the browser does block third-party cookies", async ({ page, framing }) => {
  const cookies: (string | undefined)[] = [];
  const tracker = createServer((asked, answer) => {
    cookies.push(asked.headers.cookie);
    answer.setHeader("set-cookie", "third=1; SameSite=None; Secure");
    answer.end("<!doctype html>");
  });
  const host = await framing(`http://127.0.0.1:${await listen(tracker)}/`);
  await page.goto(host.url);
  await page.reload();
  expect(cookies).toEqual([undefined, undefined]);
  tracker.closeAllConnections();
  tracker.close();
});

test("with third-party cookies blocked the conversation goes on, reloads included", async ({
  page,
  shop,
  framing,
  framed,
  business,
}) => {
  const host = await framing(shop.embedUrl);
  await page.goto(host.url);
  await framed.delivers("Hello?");
  const conversation = await framed.conversation();
  await business.says(conversation, "Good morning!");
  await expect(framed.message("Good morning!")).toBeVisible({ timeout: 2000 });
  await page.reload();
  await expect(framed.messages).toHaveCount(2);
  await framed.delivers("Still there?");
  expect(await business.texts(conversation)).toEqual(["Hello?", "Good morning!", "Still there?"]);
});

test("the same chat in the frames of two websites is two conversations", async ({
  context,
  page,
  shop,
  framing,
  framed,
}) => {
  const host = await framing(shop.embedUrl);
  await page.goto(host.url);
  await framed.delivers("on one website");
  // The same server by another name is another site.
  const other = await context.newPage();
  await other.goto(host.url.replace("localhost", "127.0.0.1"));
  const elsewhere = new Messenger(other.frameLocator("iframe"));
  await expect(elsewhere.textbox).toBeEditable();
  await expect(elsewhere.messages).toHaveCount(0);
});

test("where everything that remembers is refused the conversation goes on as long as the page", async ({
  page,
  shop,
  eater,
  framing,
  framed,
  business,
}) => {
  await page.addInitScript(() => {
    const refuse = () => {
      throw new DOMException("Access is denied for this document.", "SecurityError");
    };
    Object.defineProperty(window, "localStorage", { get: refuse });
    Object.defineProperty(window, "sessionStorage", { get: refuse });
    Object.defineProperty(document, "cookie", { get: () => "", set: () => {} });
  });
  const host = await framing(eater.through(shop.embedUrl));
  await page.goto(host.url);
  const live = connected(page);
  await framed.delivers("one");
  await live;
  const conversation = await framed.conversation();
  await business.types(conversation);
  await expect(framed.notice("Ann is typing")).toBeVisible({ timeout: 2000 });
  await business.says(conversation, "two");
  await expect(framed.message("two")).toBeVisible({ timeout: 2000 });
  await framed.delivers("three");
  expect(await framed.conversation()).toBe(conversation);
  expect(await business.texts(conversation)).toEqual(["one", "two", "three"]);
  await page.reload();
  await expect(framed.textbox).toBeEditable();
  await expect(framed.messages).toHaveCount(0);
});

test("the list of conversations is live without cookies, too", async ({ page, shop, eater, framing, framed, business }) => {
  await business.patchIntegration({ canUserCreateMoreConversations: true });
  const host = await framing(eater.through(shop.embedUrl));
  await page.goto(host.url);
  await framed.delivers("the first matter");
  const first = await framed.conversation();
  // The page that comes without scripts is the one that has the way there.
  const frame = page.frameLocator("iframe");
  const live = connected(page);
  await frame.getByRole("button", { name: "My conversations" }).click();
  await live;
  await business.says(first, "An answer");
  const top = frame.getByRole("main").getByRole("listitem").getByRole("button").first();
  await expect(top).toContainText("An answer", { timeout: 2000 });
  await expect(top).toContainText("1 unread");
  await top.click();
  expect(await framed.conversation()).toBe(first);
  await expect(framed.message("An answer")).toBeVisible();
});
