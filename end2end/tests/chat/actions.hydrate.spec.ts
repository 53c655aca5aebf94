/** What opens over the page, and pictures that do not arrive. */
import type { Page } from "@playwright/test";
import { content, servePictures } from "../../support/examples.ts";
import { PIXEL } from "../../support/pixel.ts";
import { connected, expect, isAlive, test, watchForLife } from "../../support/test.ts";

const DATE = "https://shop.example/date";
const FALLBACK = "https://shop.example/date?plain=1";

/** Has the business's pages be there. */
async function servePages(page: Page): Promise<void> {
  await page.context().route(/^https:\/\/shop\.example\/(date|p)/, (route) =>
    route.fulfill({
      contentType: "text/html; charset=utf-8",
      body: '<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Date</title><h1>Pick a date</h1></html>',
    }),
  );
}

test.beforeEach(async ({ page, shop, messenger }) => {
  await watchForLife(page);
  await page.goto(shop.chatUrl);
  await isAlive(page);
  const line = connected(page);
  await messenger.delivers("Hello");
  await line;
});

test("a page of the business's opens over the chat, and leaves nothing behind", async ({ page, messenger, business }) => {
  await servePages(page);
  await business.sends(await messenger.conversation(), content("text-actions"));
  const link = messenger.log.getByRole("link", { name: "Pick a date" });
  const dialog = page.getByRole("dialog", { name: "Pick a date" });
  const frame = page.locator("iframe");
  for (const close of [
    () => dialog.getByRole("button", { name: "Close" }).click(),
    () => page.keyboard.press("Escape"),
  ]) {
    await expect(frame).toHaveCount(0);
    await link.click();
    await expect(dialog).toBeVisible();
    await expect(dialog.locator("iframe")).toHaveCount(1);
    await expect(frame).toHaveAttribute("title", "Pick a date");
    await expect(frame).toHaveAttribute("src", DATE);
    await expect(frame).toHaveAttribute("sandbox", /allow-scripts/);
    await expect(frame).not.toHaveAttribute("sandbox", /allow-top-navigation/);
    await expect(page.frameLocator("iframe").getByRole("heading", { name: "Pick a date" })).toBeVisible();
    const out = dialog.getByRole("link", { name: "Open in a new tab" });
    await expect(out).toHaveAttribute("href", FALLBACK);
    await expect(out).toHaveAttribute("target", "_blank");
    await expect(out).toHaveAttribute("rel", /noopener noreferrer/);
    await close();
    await expect(dialog).toBeHidden();
    await expect(frame).toHaveCount(0);
    await expect(link).toBeFocused();
  }
  expect(page.context().pages()).toHaveLength(1);
});

test("a page that is to open by itself does so once, when it comes in", async ({ page, messenger, business }) => {
  await servePages(page);
  const actions = [{ type: "webview", text: "Pick a date", uri: DATE, fallback: FALLBACK, openOnReceive: true }];
  await business.sends(await messenger.conversation(), { type: "text", text: "When?", actions });
  const dialog = page.getByRole("dialog", { name: "Pick a date" });
  await expect(dialog).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  await page.reload();
  await isAlive(page);
  await expect(messenger.log.getByRole("link", { name: "Pick a date" })).toBeVisible();
  await expect(dialog).toBeHidden();
});

test("a card whose default is such a page opens it over the chat", async ({ page, messenger, business }) => {
  await servePages(page);
  await servePictures(page);
  const actions = [{ type: "webview", text: "Details", uri: DATE, fallback: FALLBACK, default: true }];
  const items = [{ title: "Shoe model 1", description: "Light, waterproof", actions }];
  await business.sends(await messenger.conversation(), { type: "list", items });
  const box = await messenger.log.getByText("Light, waterproof").boundingBox();
  await page.mouse.click((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
  const dialog = page.getByRole("dialog", { name: "Shoe model 1" });
  await expect(dialog.locator("iframe")).toHaveAttribute("src", DATE);
  await expect(dialog.getByRole("link", { name: "Open in a new tab" })).toHaveAttribute("href", FALLBACK);
  expect(page.context().pages()).toHaveLength(1);
});

for (const [when, reloads] of [
  ["live", false],
  ["from the server", true],
] as const) {
  test(`a picture that does not load says so, and is loaded again by a press (${when})`, async ({
    page,
    messenger,
    business,
    guard,
  }) => {
    guard.expect(/net::ERR_FAILED/);
    const address = "https://shop.example/media/shoe.png";
    let isThere = false;
    await page.route(address, (route) => (isThere ? route.fulfill({ body: PIXEL, contentType: "image/png" }) : route.abort()));
    await business.sends(await messenger.conversation(), content("image"));
    if (reloads) {
      await expect(messenger.messages).toHaveCount(2);
      await page.reload();
      await isAlive(page);
    }
    const broken = messenger.log.getByRole("link", { name: /^Unable to load image\s+Click to reload image\.$/ });
    await expect(broken).toBeVisible();
    // Still not there: it goes on saying so.
    const asked = page.waitForRequest(address);
    await broken.click();
    await asked;
    await expect(broken).toBeVisible();
    isThere = true;
    await broken.click();
    const picture = messenger.log.getByRole("img", { name: "A red running shoe" });
    await expect(picture).toBeVisible();
    await expect(broken).toHaveCount(0);
    expect(await picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
    await expect(page.getByRole("dialog")).toBeHidden();
    await messenger.log.getByRole("link", { name: "A red running shoe" }).click();
    await expect(page.getByRole("dialog").getByRole("img", { name: "A red running shoe" })).toBeVisible();
  });
}

test("a card whose picture does not load says so and keeps its words", async ({ page, messenger, business, guard }) => {
  guard.expect(/net::ERR_FAILED/);
  await page.route(/\.png$/, (route) => route.abort());
  const { items } = content("carousel") as { items: object[] };
  await business.sends(await messenger.conversation(), { type: "carousel", items: items.slice(0, 1) });
  const card = messenger.log.getByRole("listitem").filter({ has: page.getByText("Shoe model 1", { exact: true }) }).last();
  await expect(card.getByRole("link", { name: "See model 1" })).toBeVisible();
  await expect(card.getByRole("img", { name: "Photo of model 1" })).toBeHidden();
  await expect.poll(() => said(page)).toContain("Unable to load image");
});

/** What those hear who listen to the log. */
async function said(page: Page): Promise<string> {
  const tree = await page.context().newCDPSession(page);
  const { nodes } = await tree.send("Accessibility.getFullAXTree");
  await tree.detach();
  return nodes.map(({ name }) => String(name?.value ?? "")).join("\n");
}

test("a picture that has no size of its own is seen in full as well", async ({ page, messenger, business }) => {
  const body = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 8"><rect width="4" height="8"/></svg>';
  await page.route(/^https:\/\/shop\.example\//, (route) => route.fulfill({ contentType: "image/svg+xml", body }));
  const image = { type: "image", mediaUrl: "https://shop.example/tower.svg", altText: "A tower" };
  await business.sends(await messenger.conversation(), image);
  await messenger.log.getByRole("img", { name: "A tower" }).click();
  const picture = page.getByRole("dialog").getByRole("img", { name: "A tower" });
  await expect(picture).toBeVisible();
  expect((await picture.boundingBox())?.height).toBeGreaterThan(100);
});

test("of a tall picture on a card, the middle is seen", async ({ page, messenger, business }) => {
  const body = '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="800"><rect width="400" height="800"/></svg>';
  await page.route(/^https:\/\/shop\.example\//, (route) => route.fulfill({ contentType: "image/svg+xml", body }));
  const actions = [{ type: "link", text: "See", uri: "https://shop.example/p/1" }];
  const items = [{ title: "Tower", mediaUrl: "https://shop.example/tower.svg", altText: "A tower", actions }];
  await business.sends(await messenger.conversation(), { type: "carousel", items });
  const picture = messenger.log.getByRole("img", { name: "A tower" });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(400);
  const [inner, outer] = await Promise.all([picture.boundingBox(), picture.locator("..").boundingBox()]);
  const middle = (box: typeof inner) => (box?.y ?? 0) + (box?.height ?? 0) / 2;
  expect(Math.abs(middle(inner) - middle(outer))).toBeLessThan(2);
});
