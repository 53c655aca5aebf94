/** Everything that a business can send, shown and used; with and without JavaScript. */
import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { content, contents, hostile, servePictures } from "../../support/examples.ts";
import { expect, test } from "../../support/test.ts";
import type { Messenger } from "../../support/messenger.ts";
import type { Business } from "../../support/business.ts";

/** A conversation in which the business has sent these examples. */
async function shown(page: Page, messenger: Messenger, business: Business, ...names: string[]): Promise<string> {
  await servePictures(page);
  await messenger.delivers("Hello");
  const conversation = await messenger.conversation();
  for (const name of names) await business.sends(conversation, content(name));
  await page.reload();
  return conversation;
}

test("every type says what it is, and its buttons are buttons", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  await shown(page, messenger, business, "text-actions", "image", "file", "location", "carousel", "list", "buy", "template");
  const { log } = messenger;
  await expect(log.getByRole("link", { name: "Track parcel" })).toHaveAttribute("rel", /noopener noreferrer/);
  await expect(log.getByRole("button", { name: "Call me back" })).toBeEnabled();
  await expect(log.getByRole("img", { name: "A red running shoe" })).toBeVisible();
  await expect(log.getByRole("link", { name: /Invoice 4711/ })).toHaveAttribute("href", /invoice-4711\.pdf$/);
  await expect(log.getByRole("link", { name: /Our shop/ })).toHaveAttribute("href", /maps/);
  await expect(log.getByText("Shoe model 1", { exact: true })).toHaveCount(2);
  await expect(log.getByRole("link", { name: "All shoes" })).toBeVisible();
  await expect(log.getByRole("button", { name: /Pay 4.99/ })).toBeDisabled();
  await expect(log.getByText("Unsupported message type.")).toBeVisible();
});

test("a quick reply is said with a press, and gone with it", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  const conversation = await shown(page, messenger, business, "quick-replies");
  const yes = messenger.log.getByRole("button", { name: "Yes", exact: true });
  await yes.click();
  await expect(messenger.message("Yes")).toHaveAttribute("data-role", "user");
  await expect(messenger.status("Delivered")).toHaveCount(1);
  await expect(yes).toHaveCount(0);
  expect((await business.texts(conversation)).filter((text) => text === "Yes")).toHaveLength(1);
});

test("quick replies stand below the newest message only", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  await shown(page, messenger, business, "quick-replies", "text");
  await expect(messenger.log.getByRole("button", { name: "Yes", exact: true })).toHaveCount(0);
});

test("a form closes the composer until it is answered, and then shows the answers", async ({
  page,
  shop,
  messenger,
  business,
}) => {
  await page.goto(shop.chatUrl);
  const conversation = await shown(page, messenger, business);
  await business.sends(conversation, { ...content("form"), blockChatInput: true });
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Complete the form above..." })).toBeDisabled();
  const form = messenger.log.getByRole("form");
  await form.getByLabel("Order number").fill("4711");
  await form.getByLabel("E-mail").fill("sam@shop.example");
  await form.getByLabel("Reason").selectOption({ index: 1 });
  await form.getByRole("button", { name: "Submit" }).click();
  await expect(messenger.log.getByText("sam@shop.example", { exact: true })).toBeVisible();
  await expect(form).toBeHidden();
  await expect(messenger.textbox).toBeEditable();
  await page.reload();
  await expect(form).toBeHidden();
  await expect(messenger.log.getByText("sam@shop.example", { exact: true })).toHaveCount(1);
});

test("Markdown keeps its shape and HTML its words", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  const conversation = await shown(page, messenger, business);
  const markdownText = "# Sizes\n\n**Measure** your [foot](https://shop.example/size)\n\n- heel\n- toe";
  await business.sends(conversation, { type: "text", markdownText });
  await business.sends(conversation, { type: "text", htmlText: "<p>Plain <b>bold</b></p><script>window.__xss=1</script>" });
  await page.reload();
  await expect(messenger.log.getByRole("heading", { name: "Sizes" })).toBeVisible();
  await expect(messenger.log.getByRole("link", { name: "foot" })).toHaveAttribute("target", "_blank");
  await expect(messenger.log.getByText("Plain bold")).toBeVisible();
  await expect(messenger.log.locator("script")).toHaveCount(0);
});

test("no hostile content runs, leads astray or breaks the page", async ({ page, shop, messenger, business, javaScriptEnabled, guard }) => {
  // Addresses that no browser would load are not loaded, and it may say so.
  guard.expect(/Failed to load resource|net::ERR/);
  await page.goto(shop.chatUrl);
  await servePictures(page);
  await messenger.delivers("Hello");
  const conversation = await messenger.conversation();
  let accepted = 0;
  for (const name of hostile()) {
    for (const hostile of contents(name)) {
      const refused = await business.sends(conversation, hostile).then(
        () => false,
        (problem: Error) => /: 400 /.test(problem.message),
      );
      if (!refused) accepted += 1;
    }
  }
  expect(accepted).toBeGreaterThan(4);
  for (const reloaded of javaScriptEnabled ? [false, true] : [true]) {
    if (reloaded) await page.reload();
    await expect(messenger.messages).toHaveCount(accepted + 1);
    await expect(messenger.log.locator(".bubble a[href]:not([href^='http']):not([href^='mailto:']):not([href^='tel:'])")).toHaveCount(0);
    await expect(messenger.log.locator("script, style, iframe, object, embed, [onclick], [onerror], [style]")).toHaveCount(0);
    if (javaScriptEnabled) {
      for (const button of await messenger.log.getByRole("button").all()) {
        if (await button.isEnabled()) await button.hover({ force: true });
      }
      expect(await page.evaluate(() => (window as { __xss?: unknown }).__xss)).toBeUndefined();
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);
    }
  }
});

for (const [name, options] of [
  ["light", {}],
  ["dark", { colorScheme: "dark" as const }],
] as const) {
  test(`all of it is accessible (${name})`, async ({ page, shop, messenger, business, javaScriptEnabled }) => {
    test.skip(!javaScriptEnabled, "the scan is a script");
    await page.emulateMedia(options);
    await page.setViewportSize({ width: 320, height: 720 });
    await page.goto(shop.chatUrl);
    await shown(page, messenger, business, "text-actions", "image", "file", "location", "carousel", "list", "buy", "form", "quick-replies");
    const scan = await new AxeBuilder({ page }).analyze();
    expect(scan.violations.filter(({ impact }) => impact === "serious" || impact === "critical")).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320);
  });
}
