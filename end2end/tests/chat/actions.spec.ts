/** What the buttons, cards and forms of messages do; with and without JavaScript. */
import type { Locator, Page } from "@playwright/test";
import type { Business } from "../../support/business.ts";
import { content, servePictures } from "../../support/examples.ts";
import type { Messenger } from "../../support/messenger.ts";
import { expect, test } from "../../support/test.ts";

/** A page of the business's own. */
const SHOE = "https://shop.example/p/1";

/** A conversation in which the business has sent these contents. */
async function shown(
  page: Page,
  messenger: Messenger,
  business: Business,
  ...contents: Record<string, unknown>[]
): Promise<string> {
  await servePictures(page);
  await messenger.delivers("Hello");
  const conversation = await messenger.conversation();
  for (const content of contents) await business.sends(conversation, content);
  await page.reload();
  return conversation;
}

/** How much wider than high something is. */
async function ratio(part: Locator): Promise<number> {
  const box = await part.boundingBox();
  return (box?.width ?? 0) / (box?.height ?? 1);
}

test("a purchase that nobody can make says what it costs", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  await shown(page, messenger, business, {
    type: "text",
    text: "Express shipping",
    actions: [
      { type: "buy", text: "Pay", amount: 499, currency: "eur" },
      { type: "buy", text: "Or this", amount: 1250, currency: "jpy" },
    ],
  });
  await expect(messenger.log.getByRole("button", { name: "Pay 4.99 EUR" })).toBeDisabled();
  await expect(messenger.log.getByRole("button", { name: "Or this 1250 JPY" })).toBeDisabled();
});

test("a place can't be asked for where no script runs, and the page says what to do instead", async ({
  page,
  shop,
  messenger,
  business,
  javaScriptEnabled,
}) => {
  await page.goto(shop.chatUrl);
  const conversation = await shown(page, messenger, business, content("location-request"));
  // What is only there without scripts, no role or text finds.
  const note = messenger.log.locator("noscript p");
  const share = messenger.log.getByRole("button", { name: "Share my location" });
  if (!javaScriptEnabled) {
    await expect(note).toBeVisible();
    await expect(note).toHaveText(
      "Share my location Your browser does not support location services or it’s been disabled. Please type your location instead.",
    );
  }
  await expect(share).toBeVisible({ visible: javaScriptEnabled === true });
  await messenger.delivers("At the old bridge");
  await expect(note).toHaveCount(0);
  await expect(share).toHaveCount(0);
  expect((await business.texts(conversation)).at(-1)).toBe("At the old bridge");
});

test("the pictures of a carousel have the shape that the business wants", async ({ page, shop, messenger, business }) => {
  const carousel = content("carousel");
  await page.goto(shop.chatUrl);
  await shown(page, messenger, business, carousel, { ...carousel, displaySettings: { imageAspectRatio: "horizontal" } });
  const pictures = messenger.log.getByRole("img", { name: "Photo of model 1" });
  await expect(pictures).toHaveCount(2);
  // What of a picture is seen, is up to what is around it.
  expect(await ratio(pictures.first().locator(".."))).toBeCloseTo(1, 1);
  expect(await ratio(pictures.last().locator(".."))).toBeCloseTo(1.91, 1);
});

test("a press on a card does what its default action says", async ({ page, context, shop, messenger, business }) => {
  await context.route(SHOE, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html><title>Shoe</title>" }));
  const actions = [
    { type: "postback", text: "Choose", payload: "CHOOSE_1" },
    { type: "link", text: "See it", uri: SHOE, default: true },
  ];
  const item = { title: "Shoe model 1", description: "Light, waterproof", mediaUrl: "https://shop.example/1.png", altText: "A shoe" };
  await page.goto(shop.chatUrl);
  await shown(page, messenger, business, { type: "carousel", items: [{ ...item, actions }] });
  for (const part of [messenger.log.getByText("Light, waterproof"), messenger.log.getByRole("img", { name: "A shoe" })]) {
    const box = await part.boundingBox();
    const opened = context.waitForEvent("page");
    await page.mouse.click((box?.x ?? 0) + 5, (box?.y ?? 0) + 5);
    const shoe = await opened;
    await expect(shoe).toHaveURL(SHOE);
    await shoe.close();
  }
  // Who goes by keyboard, or listens, meets the action once.
  await expect(messenger.log.getByRole("link")).toHaveCount(1);
  await expect(messenger.log.getByRole("link", { name: "See it" })).toHaveAttribute("href", SHOE);
  await expect(messenger.log.getByRole("button", { name: "Choose" })).toBeEnabled();
});

test("an answer says which form it belongs to, unless that is right above", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  const field = (label: string) => ({ type: "text", name: "order", label });
  const form = (label: string) => ({ type: "form", fields: [field(label)], blockChatInput: false });
  const conversation = await shown(page, messenger, business, form("Order number"));
  const answers = async (label: string, answer: string) => {
    const open = messenger.log.getByRole("form").filter({ has: page.getByLabel(label) });
    await open.getByLabel(label).fill(answer);
    await open.getByRole("button", { name: "Submit" }).click();
    await expect(messenger.log.getByRole("definition").getByText(answer)).toBeVisible();
  };
  await answers("Order number", "4711");
  await expect(messenger.log.getByRole("blockquote")).toHaveCount(0);

  await business.sends(conversation, form("Name on the parcel"));
  await business.says(conversation, "By the way, we are closed tomorrow.");
  await page.reload();
  await answers("Name on the parcel", "Sam Small");
  const quote = messenger.log.getByRole("blockquote");
  await expect(quote).toHaveCount(1);
  await expect(quote).toContainText("Ann");
  await expect(quote).toContainText("Name on the parcel");
  await page.reload();
  await expect(quote).toHaveCount(1);
  await expect(messenger.messages.last()).toContainText("Sam Small");
});
