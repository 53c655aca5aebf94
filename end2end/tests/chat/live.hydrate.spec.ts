/** What only a page that came to life does: it hears at once, and survives what lines and servers do. */
import type { Page } from "@playwright/test";
import { Business } from "../../support/business.ts";
import { Messenger, range } from "../../support/messenger.ts";
import { connected, expect, isAlive, test, watchForLife } from "../../support/test.ts";

/** After a break the page tries again by itself, after ever longer waits. */
const PATIENCE = { timeout: 20_000 };
/** What the browser itself says about a server that is gone. */
const GONE = /net::ERR_|WebSocket connection to/;
const OFFLINE = "Offline. You will not receive messages.";
const UNSENT = /^Message not delivered\./;

test("typing comes and goes, by word of the business and with its message", async ({
  page,
  shop,
  messenger,
  business,
}) => {
  await page.goto(shop.chatUrl);
  const line = connected(page);
  await messenger.delivers("Hello?");
  await line;
  const conversation = await messenger.conversation();
  const typing = messenger.notice("Ann is typing");
  for (const end of [() => business.stopsTyping(conversation), () => business.says(conversation, "Here I am")]) {
    await business.types(conversation);
    await expect(typing).toBeVisible({ timeout: 2000 });
    await end();
    await expect(typing).toBeHidden({ timeout: 2000 });
  }
});

test("Delivered becomes Seen once the business has read", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("Hello?");
  await business.reads(await messenger.conversation());
  await expect(messenger.status("Seen")).toHaveCount(1);
  await expect(messenger.status("Delivered")).toHaveCount(0);
  await page.reload();
  await expect(messenger.status("Seen")).toHaveCount(1);
});

test("a message that the business takes back goes at once, and is not there after a reload", async ({
  page,
  shop,
  messenger,
  business,
}) => {
  await page.goto(shop.chatUrl);
  const line = connected(page);
  await messenger.delivers("message 1");
  await line;
  const conversation = await messenger.conversation();
  for (const number of [2, 3]) await business.says(conversation, `message ${number}`);
  await expect.poll(() => messenger.numbers()).toEqual([1, 2, 3]);
  await business.deletes(conversation, "message 2");
  await expect.poll(() => messenger.numbers(), { timeout: 2000 }).toEqual([1, 3]);
  const again = connected(page);
  await page.reload();
  expect(await messenger.numbers()).toEqual([1, 3]);
  await again;
  await business.deletes(conversation);
  await expect(messenger.messages).toHaveCount(0, { timeout: 2000 });
  await business.says(conversation, "message 4");
  await expect.poll(() => messenger.numbers(), { timeout: 2000 }).toEqual([4]);
});

test("rich messages look the same live and from the server", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  const line = connected(page);
  await messenger.delivers("Hello?");
  await line;
  const conversation = await messenger.conversation();
  const invoice = { type: "file", mediaUrl: "https://shop.example/4711.pdf", altText: "Invoice", text: "Here it is" };
  const place = { type: "location", coordinates: { lat: 50.0755, long: 14.4378 }, location: { name: "Our shop" } };
  for (const content of [invoice, place]) await business.sends(conversation, content);
  const look = async () => {
    const file = messenger.log.getByRole("link", { name: "Invoice" });
    await expect(file).toHaveAttribute("href", invoice.mediaUrl);
    await expect(messenger.log.getByText("Here it is")).toBeVisible();
    await expect(messenger.log.getByRole("link", { name: "Our shop" })).toHaveAttribute("href", /q=50\.0755,14\.4378$/);
    return messenger.messages.allInnerTexts();
  };
  const live = await look();
  await page.reload();
  expect(await look()).toEqual(live);
});

test("every tab of a browser shows everything once", async ({ context, page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("message 1");
  const conversation = await messenger.conversation();
  const tab = await context.newPage();
  const other = new Messenger(tab);
  await tab.goto(shop.chatUrl);
  await expect(other.message("message 1")).toHaveCount(1);
  await business.says(conversation, "message 2");
  for (const each of [messenger, other]) await expect(each.message("message 2")).toBeVisible({ timeout: 2000 });
  await other.says("message 3");
  await expect(messenger.message("message 3")).toBeVisible({ timeout: 2000 });
  await messenger.says("message 4");
  await expect(other.message("message 4")).toBeVisible({ timeout: 2000 });
  for (const each of [messenger, other]) await expect.poll(() => each.numbers()).toEqual(range(1, 4));
  expect(await business.texts(conversation)).toEqual(range(1, 4).map((number) => `message ${number}`));
});

test("two tabs opened before the first message become one conversation", async ({
  context,
  page,
  shop,
  messenger,
  business,
}) => {
  const tab = await context.newPage();
  const other = new Messenger(tab);
  for (const each of [page, tab]) {
    await watchForLife(each);
    await each.goto(shop.chatUrl);
    await isAlive(each);
  }
  await messenger.delivers("message 1");
  await other.says("message 2");
  await expect(messenger.message("message 2")).toBeVisible();
  for (const each of [messenger, other]) await expect.poll(() => each.numbers()).toEqual([1, 2]);
  const conversation = await messenger.conversation();
  expect(await other.conversation()).toBe(conversation);
  expect(await business.texts(conversation)).toEqual(["message 1", "message 2"]);
});

test("a reload right after Send loses and doubles nothing", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("message 1");
  for (const number of [2, 3, 4]) {
    await messenger.says(`message ${number}`);
    await page.reload();
  }
  await expect(messenger.status("Delivered")).toHaveCount(1, PATIENCE);
  await expect.poll(() => messenger.numbers()).toEqual(range(1, 4));
  const conversation = await messenger.conversation();
  expect(await business.texts(conversation)).toEqual(range(1, 4).map((number) => `message ${number}`));
});

test("what is being read stays in place when an answer comes in below", async ({
  page,
  shop,
  messenger,
  business,
}) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("message 1");
  const conversation = await messenger.conversation();
  for (const number of range(2, 25)) await business.says(conversation, `message ${number}`);
  const read = messenger.message("message 3");
  await expect(messenger.message("message 25")).toBeVisible();
  await read.scrollIntoViewIfNeeded();
  const before = await read.boundingBox();
  await business.says(conversation, "message 26");
  const newest = page.getByRole("button", { name: "(1) New message" });
  await expect(newest).toBeVisible();
  await expect.poll(async () => Math.abs(((await read.boundingBox())?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(1.5);
  await newest.click();
  await expect(messenger.message("message 26")).toBeInViewport();
  await expect(newest).toBeHidden();
});

test.describe("on a line that fails", () => {
  test.beforeEach(({ guard }) => guard.expect(GONE));

  test("the banner says that it is down, that it is tried, and that it is back", async ({
    context,
    page,
    shop,
    messenger,
    line,
  }) => {
    await page.goto(line.through(shop.chatUrl));
    const live = connected(page);
    await messenger.delivers("Hello?");
    await live;
    await context.setOffline(true);
    await line.silence();
    await expect(messenger.notice(OFFLINE)).toBeVisible();
    await context.setOffline(false);
    await expect(messenger.notice("Reconnecting...")).toBeVisible(PATIENCE);
    await line.mend();
    await expect(messenger.notice("You're back online!")).toBeVisible(PATIENCE);
    await expect(messenger.notice("You're back online!")).toBeHidden();
  });

  test("what both said meanwhile is there once, in order, when the line is back", async ({
    context,
    page,
    shop,
    messenger,
    business,
    line,
  }) => {
    await page.goto(line.through(shop.chatUrl));
    await messenger.delivers("message 1");
    const conversation = await messenger.conversation();
    await context.setOffline(true);
    await line.cut();
    for (const number of [2, 3]) await business.says(conversation, `message ${number}`);
    await messenger.says("message 4");
    await messenger.says("message 5");
    await expect(messenger.message("message 4").or(messenger.message("message 5"))).toHaveCount(2);
    await expect(messenger.log.getByRole("button", { name: UNSENT }).first()).toBeVisible();
    await expect(messenger.notice(OFFLINE)).toBeVisible(PATIENCE);
    await expect(messenger.messages).toHaveCount(3);
    await line.mend();
    await context.setOffline(false);
    await expect(messenger.status("Delivered")).toHaveCount(1, PATIENCE);
    await expect(messenger.message("message 3")).toHaveCount(1, PATIENCE);
    await expect.poll(() => messenger.numbers()).toEqual(range(1, 5));
    await expect(messenger.log.getByRole("button", { name: UNSENT })).toHaveCount(0);
    expect(await business.texts(conversation)).toEqual(range(1, 5).map((number) => `message ${number}`));
  });

  test("an unsent message goes out when it is pressed", async ({ page, shop, messenger, business, line }) => {
    await page.clock.install();
    await page.goto(line.through(shop.chatUrl));
    await messenger.delivers("message 1");
    // Time stands still, or the page would try again by itself.
    await page.clock.pauseAt(Date.now() + 60_000);
    await line.cut();
    await messenger.says("message 2");
    const retry = messenger.log.getByRole("button", { name: "Message not delivered. Click to retry." });
    await expect(retry).toBeVisible();
    await line.mend();
    await retry.click();
    await expect(messenger.status("Delivered")).toHaveCount(1);
    await expect(retry).toHaveCount(0);
    await expect(messenger.textbox).toBeFocused();
    expect(await business.texts(await messenger.conversation())).toEqual(["message 1", "message 2"]);
  });

  test("an answer that got lost doubles nothing", async ({ page, shop, messenger, business, line }) => {
    await page.goto(line.through(shop.chatUrl));
    await messenger.delivers("message 1");
    const conversation = await messenger.conversation();
    line.deafen();
    await messenger.says("message 2");
    await expect.poll(() => business.texts(conversation)).toEqual(["message 1", "message 2"]);
    await line.cut();
    await expect(messenger.status("Delivered")).toHaveCount(0);
    await line.mend();
    await expect(messenger.status("Delivered")).toHaveCount(1, PATIENCE);
    await expect.poll(() => messenger.numbers()).toEqual([1, 2]);
    expect(await business.texts(conversation)).toEqual(["message 1", "message 2"]);
  });

  test("the very first message, sent without a line, arrives once", async ({ page, shop, messenger, business, line }) => {
    await watchForLife(page);
    await page.goto(line.through(shop.chatUrl));
    await isAlive(page);
    await line.cut();
    await messenger.says("message 1");
    await expect(messenger.message("message 1")).toHaveCount(1);
    await expect(messenger.log.getByRole("button", { name: UNSENT })).toBeVisible();
    await line.mend();
    await expect(messenger.status("Delivered")).toHaveCount(1, PATIENCE);
    expect(await business.texts(await messenger.conversation())).toEqual(["message 1"]);
  });
});

test.describe("with a server that ends", () => {
  test.beforeEach(({ guard }) => guard.expect(GONE));

  test("what was unsent survives a reload and arrives once", async ({ page, mortal, messenger }) => {
    const shop = await mortal.provision("Shop");
    const business = new Business(shop, mortal.url);
    await page.goto(shop.chatUrl);
    await messenger.delivers("message 1");
    await mortal.kill();
    await messenger.says("message 2");
    await messenger.says("message 3");
    await expect(messenger.log.getByRole("button", { name: UNSENT }).first()).toBeVisible();
    await expect(page.reload()).rejects.toThrow(/ERR_CONNECTION_REFUSED/);
    await expect(page).toHaveURL("chrome-error://chromewebdata/");
    await mortal.serve();
    await page.goto(shop.chatUrl);
    await expect(messenger.status("Delivered")).toHaveCount(1, PATIENCE);
    await expect(messenger.messages).toHaveCount(3);
    await expect.poll(() => messenger.numbers()).toEqual([1, 2, 3]);
    expect(await business.texts(await messenger.conversation())).toEqual(["message 1", "message 2", "message 3"]);
  });

  test("kill -9 in the middle of sending loses and doubles nothing", async ({ page, mortal, messenger }) => {
    const shop = await mortal.provision("Shop");
    const business = new Business(shop, mortal.url);
    await page.goto(shop.chatUrl);
    await messenger.delivers("message 1");
    const conversation = await messenger.conversation();
    const stored = page.waitForResponse((response) => response.request().method() === "POST" && response.ok());
    for (const number of range(2, 10)) await sendByKey(page, messenger, `message ${number}`);
    await stored;
    await mortal.kill();
    await sendByKey(page, messenger, "message 11");
    await mortal.serve();
    await expect(messenger.status("Delivered")).toHaveCount(1, PATIENCE);
    await expect.poll(() => messenger.numbers()).toEqual(range(1, 11));
    expect(await business.texts(conversation)).toEqual(range(1, 11).map((number) => `message ${number}`));
    await page.reload();
    await expect.poll(() => messenger.numbers()).toEqual(range(1, 11));
  });

  test("after a restart the page hears again by itself", async ({ page, mortal, messenger }) => {
    const shop = await mortal.provision("Shop");
    const business = new Business(shop, mortal.url);
    await page.goto(shop.chatUrl);
    const line = connected(page);
    await messenger.delivers("message 1");
    await line;
    const conversation = await messenger.conversation();
    await mortal.terminate();
    await mortal.serve();
    await business.says(conversation, "message 2");
    await expect(messenger.message("message 2")).toBeVisible(PATIENCE);
    await messenger.says("message 3");
    await expect(messenger.status("Delivered")).toHaveCount(1, PATIENCE);
    await expect.poll(() => messenger.numbers()).toEqual([1, 2, 3]);
  });
});

test.describe("before the page has come to life", () => {
  test("what was typed, the cursor and the focus stay when it does", async ({ page, shop, messenger }) => {
    await watchForLife(page);
    const arrive = await holdBack(page);
    await page.goto(shop.chatUrl, { waitUntil: "commit" });
    await messenger.textbox.pressSequentially("Hello?");
    await messenger.textbox.press("ArrowLeft");
    arrive();
    await isAlive(page);
    await expect(messenger.textbox).toHaveValue("Hello?");
    await expect(messenger.textbox).toBeFocused();
    await page.keyboard.type(" Anybody");
    await expect(messenger.textbox).toHaveValue("Hello Anybody?");
    await page.keyboard.press("Enter");
    await expect(messenger.message("Hello Anybody?")).toHaveCount(1);
  });

  test("Send works, as a plain form", async ({ page, shop, messenger, business }) => {
    const arrive = await holdBack(page);
    await page.goto(shop.chatUrl, { waitUntil: "commit" });
    await messenger.says("in a hurry");
    await expect(messenger.message("in a hurry")).toHaveCount(1);
    await expect(page).toHaveURL(shop.chatUrl);
    arrive();
    await messenger.delivers("with patience");
    expect(await business.texts(await messenger.conversation())).toEqual(["in a hurry", "with patience"]);
  });
});

test.describe("at the keyboard", () => {
  test("Enter sends, Shift+Enter is a new line", async ({ page, shop, messenger, business }) => {
    await watchForLife(page);
    await page.goto(shop.chatUrl);
    await isAlive(page);
    await messenger.textbox.focus();
    await page.keyboard.type("one");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("two");
    await expect(messenger.textbox).toHaveValue("one\ntwo");
    await page.keyboard.press("Enter");
    await expect(messenger.status("Delivered")).toHaveCount(1);
    await expect(messenger.textbox).toHaveValue("");
    await expect(messenger.textbox).toBeFocused();
    expect(await business.texts(await messenger.conversation())).toEqual(["one\ntwo"]);
  });

  test("an Enter that belongs to an input method does not send", async ({ page, shop, messenger, business }) => {
    await watchForLife(page);
    await page.goto(shop.chatUrl);
    await isAlive(page);
    await messenger.textbox.focus();
    const keyboard = await page.context().newCDPSession(page);
    await keyboard.send("Input.imeSetComposition", { text: "にほん", selectionStart: 3, selectionEnd: 3 });
    await keyboard.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Enter", code: "Enter", windowsVirtualKeyCode: 229 });
    await keyboard.send("Input.insertText", { text: "日本" });
    await keyboard.send("Input.dispatchKeyEvent", { type: "keyUp", key: "Enter", code: "Enter", windowsVirtualKeyCode: 13 });
    await expect(messenger.textbox).toHaveValue("日本");
    await expect(messenger.messages).toHaveCount(0);
    await page.keyboard.press("Enter");
    await expect(messenger.message("日本")).toHaveCount(1);
    await expect(messenger.status("Delivered")).toHaveCount(1);
    expect(await business.texts(await messenger.conversation())).toEqual(["日本"]);
  });

  test("everything is in reach, in the order of the page", async ({ page, shop, messenger, business }) => {
    await page.goto(shop.chatUrl);
    await messenger.delivers("message 1");
    const conversation = await messenger.conversation();
    for (const number of range(2, 30)) await business.says(conversation, `message ${number}`);
    await page.reload();
    const attach = page.getByRole("button", { name: "Attach" });
    for (const next of [messenger.log, messenger.loadMore, messenger.textbox, attach, messenger.send]) {
      await page.keyboard.press("Tab");
      await expect(next).toBeFocused();
    }
    for (let back = 0; back < 3; back++) await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await expect(messenger.message("message 1")).toHaveCount(1);
    await expect(messenger.log).toBeFocused();
  });
});

test("a hidden page counts what it missed in its title", async ({ context, page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  const title = await page.title();
  await messenger.delivers("Hello?");
  const conversation = await messenger.conversation();
  // Headless browsers show every tab: the page is told what a real one tells it.
  const look = (visibility: string) =>
    page.evaluate((visibility) => {
      Object.defineProperty(document, "visibilityState", { value: visibility, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, visibility);
  await look("hidden");
  await business.says(conversation, "one");
  await expect(page).toHaveTitle("(1) New message");
  await business.says(conversation, "two");
  await expect(page).toHaveTitle("(2) New messages");
  await look("visible");
  await expect(page).toHaveTitle(title);
  expect(context.pages()).toHaveLength(1);
});

async function sendByKey(page: Page, messenger: Messenger, text: string): Promise<void> {
  await messenger.textbox.fill(text);
  await page.keyboard.press("Enter");
}

/** Keeps what brings `page` to life on its way, until the function that it gives is called. */
async function holdBack(page: Page): Promise<() => void> {
  let arrive = (): void => {};
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  await page.route("**/*.wasm", async (route) => {
    await arrived;
    // Nobody waits for it any more where the page was left meanwhile.
    await route.continue().catch(() => {});
  });
  return arrive;
}
