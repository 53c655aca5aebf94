/** What a business may ask before the first message; with and without JavaScript. */
import type { Page } from "@playwright/test";
import type { Business } from "../../support/business.ts";
import type { Messenger } from "../../support/messenger.ts";
import type { Shop } from "../../support/parlor.ts";
import { expect, isAlive, test, watchForLife } from "../../support/test.ts";

test("name and address are asked first, and the conversation begins with them", async ({
  page,
  shop,
  messenger,
  business,
}) => {
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

test("whoever asks first has a picture, and thanks with it", async ({ page, shop, messenger, business, javaScriptEnabled }) => {
  const picture = "https://shop.example/ann.svg";
  const body = '<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8"/></svg>';
  await page.route(picture, (route) => route.fulfill({ contentType: "image/svg+xml", body }));
  const fields = [{ type: "text", name: "about", label: "What is it about?" }];
  await asked(page, shop, messenger, business, javaScriptEnabled, fields, picture);
  const pictures = messenger.log.locator("img.avatar-picture").filter({ visible: true });
  await expect(pictures).toHaveCount(1);
  await expect(pictures).toHaveAttribute("src", picture);
  await messenger.log.getByLabel("What is it about?").fill("Cups");
  await messenger.log.getByRole("button", { name: "Submit" }).click();
  await expect(messenger.log.getByText("Thanks for that! What can we help you with?")).toBeVisible();
  await expect(pictures).toHaveCount(1);
  await expect(pictures).toHaveAttribute("src", picture);
});

/** The page of a business that asks first, alive where it can be. */
async function asked(
  page: Page,
  shop: Shop,
  messenger: Messenger,
  business: Business,
  javaScriptEnabled: boolean | undefined,
  fields?: object[],
  avatarUrl?: string,
): Promise<void> {
  await business.patchIntegration({ prechatCapture: { enabled: true, ...(fields && { fields }), ...(avatarUrl && { avatarUrl }) } });
  await watchForLife(page);
  await expect(async () => {
    await page.goto(shop.chatUrl);
    await expect(messenger.log.getByRole("form")).toBeVisible({ timeout: 200 });
  }).toPass();
  if (javaScriptEnabled) await isAlive(page);
}

/** A browser without scripts checks by itself and sends nothing; the server then tells those that do not. */
async function withoutChecks(page: Page): Promise<void> {
  // The page runs no script, but the tests may change it.
  for (const form of await page.getByRole("form").all()) await form.evaluate((form: HTMLFormElement) => (form.noValidate = true));
}

for (const [what, name, mail, wrong, problem] of [
  ["nothing", "", "", "Your name", "This entry is required"],
  ["no address", "Sam", "", "Email", "This entry is required"],
  ["no address that could be one", "Sam", "sam at shop", "Email", "Email is invalid"],
] as const) {
  test(`who writes ${what} is told so and sends nothing`, async ({
    page,
    shop,
    messenger,
    business,
    guard,
    javaScriptEnabled,
  }) => {
    guard.expect(/status of 422/);
    await asked(page, shop, messenger, business, javaScriptEnabled);
    const form = messenger.log.getByRole("form");
    await form.getByLabel("Your name").fill(name);
    await form.getByLabel("Email").fill(mail);
    if (!javaScriptEnabled) await withoutChecks(page);
    await form.getByRole("button", { name: "Submit" }).click();
    const field = form.getByLabel(wrong);
    await expect(field).toHaveAccessibleDescription(problem);
    await expect(field).toHaveAttribute("aria-invalid", "true");
    if (javaScriptEnabled) await expect(field).toBeFocused();
    // What was written is still there, nothing was said, and nothing can be said otherwise.
    await expect(form.getByLabel("Your name")).toHaveValue(name);
    await expect(form.getByLabel("Email")).toHaveValue(mail);
    await expect(messenger.log).not.toHaveAttribute("data-conversation-id", /./);
    await expect(messenger.messages).toHaveCount(1);
    await expect(page.getByRole("textbox", { name: "Complete the form above..." })).toBeDisabled();
    await expect(messenger.send).toBeDisabled();

    await form.getByLabel("Your name").fill("Sam Small");
    await form.getByLabel("Email").fill("sam@shop.example");
    if (javaScriptEnabled) await expect(field).not.toHaveAttribute("aria-invalid", "true");
    await form.getByRole("button", { name: "Submit" }).click();
    await expect(messenger.log.getByText("Thanks for that! What can we help you with?")).toBeVisible();
    await expect(messenger.textbox).toBeEditable();
    expect(await business.texts(await messenger.conversation())).toHaveLength(1);
  });
}

test("what only the server knows to be wrong is said at its field, and what was written is kept", async ({
  page,
  shop,
  messenger,
  business,
  guard,
  javaScriptEnabled,
}) => {
  guard.expect(/status of 422/);
  const options = [{ name: "tea", label: "Tea" }, { name: "cups", label: "Cups" }];
  const fields = [
    { type: "text", name: "order", label: "Order number", placeholder: "e.g. 4711", minSize: 3, maxSize: 6 },
    { type: "select", name: "about", label: "What is it about?", options },
  ];
  await asked(page, shop, messenger, business, javaScriptEnabled, fields);
  const form = messenger.log.getByRole("form");
  const order = form.getByLabel("Order number");
  const about = form.getByLabel("What is it about?");
  await expect(order).toHaveAttribute("placeholder", "e.g. 4711");
  await withoutChecks(page);
  await order.fill("47");
  await about.selectOption("Cups");
  await form.getByRole("button", { name: "Submit" }).click();
  await expect(order).toHaveAccessibleDescription("Must contain at least (3) characters");
  await expect(about).toHaveAccessibleDescription("");
  await expect(order).toHaveValue("47");
  await expect(about).toHaveValue("cups");
  await expect(page.getByRole("textbox", { name: "Complete the form above..." })).toBeDisabled();
  await order.fill("4711");
  await form.getByRole("button", { name: "Submit" }).click();
  await expect(messenger.log.getByRole("definition").getByText("4711")).toBeVisible();
  await expect(messenger.log.getByRole("definition").getByText("Cups")).toBeVisible();
  await expect(messenger.textbox).toBeEditable();
});

test("answers that could not be sent say so, and go out when that is pressed", async ({
  page,
  shop,
  messenger,
  business,
  guard,
  javaScriptEnabled,
}) => {
  test.skip(!javaScriptEnabled, "a browser without scripts says so itself");
  guard.expect(/ERR_FAILED/);
  await page.clock.install();
  await asked(page, shop, messenger, business, javaScriptEnabled);
  // Time stands still, or the page would try again by itself.
  await page.clock.pauseAt(Date.now() + 60_000);
  await page.route("**/fn/send_message", (route) => route.abort());
  const form = messenger.log.getByRole("form");
  await form.getByLabel("Your name").fill("Sam Small");
  await form.getByLabel("Email").fill("sam@shop.example");
  await form.getByRole("button", { name: "Submit" }).click();
  const retry = messenger.log.getByRole("button", { name: "Form not submitted. Click anywhere on the form to retry." });
  await expect(retry).toBeVisible();
  await expect(messenger.log.getByText("sam@shop.example")).toBeVisible();
  await expect(page.getByRole("textbox", { name: "Complete the form above..." })).toBeDisabled();
  await page.unroute("**/fn/send_message");
  await retry.click();
  await expect(messenger.log.getByText("Thanks for that! What can we help you with?")).toBeVisible();
  await expect(retry).toHaveCount(0);
  await expect(messenger.textbox).toBeEditable();
  expect(await business.texts(await messenger.conversation())).toHaveLength(1);
});
