/** Short links: the way they lead, how they end, their posters and badges. */
import { createServer } from "node:http";
import type { Page } from "@playwright/test";
import type { ApiLink } from "../../support/business.ts";
import { expectAccessible, expectNoSidewaysScrolling } from "../../support/looks.ts";
import { Messenger } from "../../support/messenger.ts";
import { listen } from "../../support/port.ts";
import { BUSINESS_NAME, expect, test } from "../../support/test.ts";

/** Opens a link that has ended, which says why and offers the chat itself where it may. */
async function opensEnded(page: Page, link: ApiLink, title: string): Promise<void> {
  const answer = await page.goto(link.url);
  expect(answer?.status()).toBe(410);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(title);
  await expect(page.getByRole("main").getByText("Whoever gave it to you can give you a new one.")).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveCount(0);
}

test("a link leads to the chat with its text in the composer, unsent", async ({ page, shop, messenger, business }) => {
  const message = "A table for two, please.\nAt eight?";
  const link = await business.link({ message, ref: "poster-7", metadata: { table: 7 } });
  await page.goto(link.url);
  await expect(messenger.heading).toHaveText(BUSINESS_NAME);
  await expect(messenger.textbox).toHaveValue(message);
  await expect(messenger.messages).toHaveCount(0);
  const { pathname, search } = new URL(page.url());
  expect(pathname).toBe(new URL(shop.chatUrl).pathname);
  for (const secret of ["table", "poster-7"]) expect(search).not.toContain(secret);
  expect((await business.linkNow(link)).uses, "opened only").toBe(0);
  await messenger.send.click();
  await expect(messenger.status("Delivered")).toHaveCount(1);
  await expect(messenger.textbox).toHaveValue("");
  await expect(messenger.messages).toHaveCount(1);
  expect(await business.texts(await messenger.conversation())).toEqual([message]);
});

test("what a link carries reaches the conversation and the webhooks", async ({ page, messenger, business, hooks }) => {
  await business.hears(hooks.url, "conversation:create", "conversation:referral");
  const link = await business.link({ ref: "poster-7", metadata: { table: 7 } });
  await page.goto(link.url);
  await messenger.delivers("Hello?");
  const conversation = await messenger.conversation();
  expect(await business.metadata(conversation)).toMatchObject({ table: 7 });
  expect((await business.linkNow(link)).uses).toBe(1);
  const { payload } = await hooks.event("conversation:referral");
  expect(payload).toMatchObject({ conversation: { id: conversation }, referral: { code: "poster-7" } });
  const created = await hooks.event("conversation:create");
  expect(created.payload).toMatchObject({ referral: { code: "poster-7" } });
});

test("the language of a link is that of its page", async ({ page, business, guard }) => {
  guard.expect(/status of 410/);
  const link = await business.link({ locale: "de" });
  await business.revokes(link);
  await page.goto(link.url);
  await expect(page.locator("html")).toHaveAttribute("lang", "de");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Dieser Link wurde zurückgezogen");
});

test.describe("a link that has ended says so kindly", () => {
  test.beforeEach(({ guard }) => guard.expect(/status of 410/));

  test("when its time is over, and shows the way to the chat", async ({ page, shop, messenger, business }) => {
    const link = await business.link({ message: "Too late" });
    await business.patchLink(link, { expiresAt: "2020-01-01T00:00:00.000Z" });
    await opensEnded(page, link, "This link has expired");
    await page.getByRole("link", { name: "Open the chat" }).click();
    await expect(page).toHaveURL(shop.chatUrl);
    await expect(messenger.textbox).toHaveValue("");
  });

  test("when it is revoked, and shows no other way", async ({ page, business }) => {
    const link = await business.link();
    await business.revokes(link);
    await opensEnded(page, link, "This link has been withdrawn");
    await expect(page.getByRole("link", { name: "Open the chat" })).toHaveCount(0);
  });

  test("when it is used up, but not to those who used it", async ({
    page,
    messenger,
    business,
    browser,
    guard,
    javaScriptEnabled,
  }) => {
    const link = await business.link({ maxUses: 1 });
    await page.goto(link.url);
    await messenger.delivers("I came first");
    const context = await browser.newContext({ javaScriptEnabled });
    guard.watch(context);
    await opensEnded(await context.newPage(), link, "This link has been used up");
    await context.close();
    await page.goto(link.url);
    await expect(messenger.message("I came first")).toHaveCount(1);
  });
});

test("a link nobody made says that there is no chat", async ({ page, parlor, guard }) => {
  guard.expect(/status of 404/);
  const answer = await page.goto(`${parlor.url}/l/2222222222`);
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This chat is not here");
});

test("the poster shows a code to scan and the address to type", async ({ page, business, guard }) => {
  guard.expect(/status of 410/);
  const link = await business.link();
  await page.goto(link.cardUrl);
  await expect(page.getByText(BUSINESS_NAME)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("Scan to chat with us");
  const code = page.getByRole("img", { name: "QR code" });
  await expect(code).toBeVisible();
  expect(await natural(page, "QR code"), "the code is drawn").toBeGreaterThan(100);
  const address = page.getByRole("link", { name: link.url.replace(/^https?:\/\//, "") });
  await expect(address).toHaveAttribute("href", link.url);
  await business.revokes(link);
  await page.reload();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link has been withdrawn");
  await expect(code).toHaveCount(0);
});

test("the badge stands on another website", async ({ page, business, guard }) => {
  guard.expect(/status of 410/);
  const link = await business.link();
  const website = createServer((_, answer) => {
    answer.setHeader("content-type", "text/html; charset=utf-8");
    answer.end(
      `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>A shop</title><h1>A shop</h1>
      <a href="${link.url}"><img src="${link.statusSvgUrl}" alt="Chat with us"></a></html>`,
    );
  });
  const port = await listen(website);
  try {
    await page.goto(`http://localhost:${port}/`);
    await expect(page.getByRole("img", { name: "Chat with us" })).toBeVisible();
    expect(await natural(page, "Chat with us"), "the badge is drawn").toBeGreaterThan(40);
    const open = await (await page.request.get(link.statusSvgUrl)).text();
    expect(open).toContain(`Chat with ${BUSINESS_NAME.replace("&", "&amp;")}`);
    await page.getByRole("link", { name: "Chat with us" }).click();
    await expect(new Messenger(page).heading).toHaveText(BUSINESS_NAME);
    await business.revokes(link);
    const closed = await page.request.get(link.statusSvgUrl);
    expect(closed.status()).toBe(410);
    expect(await closed.text()).toContain("This chat is closed");
  } finally {
    website.closeAllConnections();
    website.close();
  }
});

test("posters and ended links are sound, on the narrowest screen too", async ({
  page,
  business,
  guard,
  javaScriptEnabled,
}) => {
  guard.expect(/status of 410/);
  const poster = await business.link();
  const ended = await business.link();
  await business.patchLink(ended, { expiresAt: "2020-01-01T00:00:00.000Z" });
  await page.setViewportSize({ width: 320, height: 568 });
  for (const address of [poster.cardUrl, ended.url]) {
    for (const theme of ["light", "dark"]) {
      await page.goto(`${address}?theme=${theme}`);
      await expect(page.getByRole("main")).toHaveCount(1);
      await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
      await expectNoSidewaysScrolling(page);
      // The scan is a script.
      if (javaScriptEnabled) await expectAccessible(page);
    }
  }
});

/** How wide the picture called `name` is by itself: 0 where it did not load. */
async function natural(page: Page, name: string): Promise<number> {
  return page.getByRole("img", { name }).evaluate(async (image: HTMLImageElement) => {
    await image.decode();
    return image.naturalWidth;
  });
}
