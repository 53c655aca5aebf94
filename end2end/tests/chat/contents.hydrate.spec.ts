/** What contents do once the page runs. */
import { content, servePictures } from "../../support/examples.ts";
import { expect, test } from "../../support/test.ts";

test("contents arrive live as they are after a reload", async ({ page, shop, messenger, business }) => {
  await servePictures(page);
  await page.goto(shop.chatUrl);
  await messenger.delivers("Hello");
  const conversation = await messenger.conversation();
  const names = ["text-actions", "carousel", "form", "quick-replies"];
  for (const name of names) await business.sends(conversation, content(name));
  await expect(messenger.messages).toHaveCount(names.length + 1, { timeout: 2000 });
  const live = await messenger.log.locator(".rich, .quick").allInnerTexts();
  expect(live).toHaveLength(names.length + 1);
  await page.reload();
  await expect(messenger.messages).toHaveCount(names.length + 1);
  expect(await messenger.log.locator(".rich, .quick").allInnerTexts()).toEqual(live);
});

test("a form says at each field what is wrong with it", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("Hello");
  await business.sends(await messenger.conversation(), content("form"));
  const form = messenger.log.getByRole("form");
  await form.getByLabel("E-mail").fill("nobody");
  await form.getByRole("button", { name: "Submit" }).click();
  await expect(form.getByText("This entry is required")).toHaveCount(2);
  await expect(form.getByLabel("E-mail")).toHaveAccessibleDescription("Email is invalid");
  await expect(form.getByLabel("Order number")).toBeFocused();
  await form.getByLabel("E-mail").fill("sam@shop.example");
  await expect(form.getByText("Email is invalid")).toHaveCount(0);
});

test("a postback keeps its button busy and says when it failed", async ({ page, shop, messenger, business, guard }) => {
  guard.expect(/Failed to load resource/);
  await page.goto(shop.chatUrl);
  await messenger.delivers("Hello");
  await business.sends(await messenger.conversation(), content("text-actions"));
  const button = messenger.log.getByRole("button", { name: "Call me back" });
  let pressed = 0;
  await page.route("**/fn/press", async (route) => {
    pressed += 1;
    await expect(button).toHaveAttribute("aria-busy", "true");
    await route.abort();
  });
  await button.click();
  await expect(messenger.alert.filter({ hasText: "An error occurred while processing your action." })).toBeVisible();
  await expect(button).not.toHaveAttribute("aria-busy", "true");
  await page.unroute("**/fn/press");
  const answer = page.waitForResponse("**/fn/press");
  await button.click();
  expect((await answer).status()).toBe(200);
  expect(pressed).toBe(1);
});

test("a picture is shown in full over the page, and put away by key", async ({ page, shop, messenger, business }) => {
  await servePictures(page);
  await page.goto(shop.chatUrl);
  await messenger.delivers("Hello");
  await business.sends(await messenger.conversation(), content("image"));
  await messenger.log.getByRole("link", { name: "A red running shoe" }).click();
  const dialog = page.getByRole("dialog");
  await expect(dialog.getByRole("img", { name: "A red running shoe" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(dialog).toBeHidden();
  expect(page.context().pages()).toHaveLength(1);
});

test("a place is sent where the browser knows it, and else says why not", async ({ page, shop, messenger, business, context }) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("Hello");
  await business.sends(await messenger.conversation(), content("location-request"));
  const share = messenger.log.getByRole("button", { name: "Share my location" });
  await share.click();
  await expect(messenger.alert.filter({ hasText: "This website cannot access your location." })).toBeVisible();
  await context.grantPermissions(["geolocation"]);
  await context.setGeolocation({ latitude: 50.0755, longitude: 14.4378 });
  await share.click();
  await expect(messenger.log.getByRole("link", { name: /50\.0755, 14\.4378/ })).toBeVisible();
});
