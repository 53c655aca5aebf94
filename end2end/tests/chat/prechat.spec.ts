/** What a business may ask before the first message; with and without JavaScript. */
import { expect, test } from "../../support/test.ts";

test("name and address are asked first, and the conversation begins with them", async ({ page, shop, messenger, business }) => {
  await business.patchIntegration({ prechatCapture: { enabled: true } });
  await expect(async () => {
    await page.goto(shop.chatUrl);
    await expect(messenger.log.getByRole("form")).toBeVisible({ timeout: 200 });
  }).toPass();
  await expect(messenger.log.getByText("To start off, we'd like to know a little bit more about you:")).toBeVisible();
  const composer = page.getByRole("textbox", { name: "Complete the form above..." });
  await expect(composer).toBeDisabled();
  const form = messenger.log.getByRole("form");
  await form.getByLabel("Your name").fill("Sam Small");
  await form.getByLabel("Email").fill("sam@shop.example");
  await form.getByRole("button", { name: "Submit" }).click();
  await expect(messenger.log.getByText("Thanks for that! What can we help you with?")).toBeVisible();
  await expect(form).toBeHidden();
  await messenger.delivers("Do you have green tea?");
  await page.reload();
  await expect(messenger.log.getByText("Sam Small", { exact: true })).toHaveCount(1);
  await expect(messenger.log.getByText("Thanks for that! What can we help you with?")).toHaveCount(1);
  expect(await business.texts(await messenger.conversation())).toEqual(["", "Do you have green tea?"]);
});

test("a business may ask for something else", async ({ page, shop, messenger, business }) => {
  const options = [{ name: "tea", label: "Tea" }, { name: "cups", label: "Cups" }];
  const fields = [{ type: "select", name: "about", label: "What is it about?", options }];
  await business.patchIntegration({ prechatCapture: { enabled: true, fields } });
  await expect(async () => {
    await page.goto(shop.chatUrl);
    await expect(messenger.log.getByLabel("What is it about?")).toBeVisible({ timeout: 200 });
  }).toPass();
  await messenger.log.getByLabel("What is it about?").selectOption("Cups");
  await messenger.log.getByRole("button", { name: "Submit" }).click();
  await expect(messenger.log.getByRole("definition").getByText("Cups")).toBeVisible();
  await expect(messenger.textbox).toBeEditable();
});
