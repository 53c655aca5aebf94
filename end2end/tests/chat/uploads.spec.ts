/** Images and files from the composer; with and without JavaScript. */
import type { Locator, Page } from "@playwright/test";
import { expectAccessible, expectNoSidewaysScrolling } from "../../support/looks.ts";
import { PIXEL } from "../../support/pixel.ts";
import { expect, isAlive, test, watchForLife } from "../../support/test.ts";

const PHOTO = { name: "cat.png", mimeType: "image/png", buffer: PIXEL };
const BILL = { name: "Bill of May.txt", mimeType: "text/plain", buffer: Buffer.from("4711") };

/** The field for files called `name`, in the menu of the composer. */
function field(page: Page, name: "Image" | "File"): Locator {
  return page.getByLabel(name, { exact: true });
}

test("the menu offers image, file and place, by keyboard too", async ({ page, shop, javaScriptEnabled }) => {
  await page.goto(shop.chatUrl);
  const attach = page.getByRole("button", { name: "Attach" });
  await expect(attach).toHaveAttribute("aria-haspopup", /./);
  await expect(field(page, "Image")).toBeHidden();
  await attach.focus();
  await page.keyboard.press("Enter");
  await expect(field(page, "Image")).toBeVisible();
  await expect(field(page, "File")).toBeVisible();
  if (javaScriptEnabled) {
    await expect(page.getByRole("button", { name: "Location" })).toBeVisible();
    await expectAccessible(page);
  }
  await page.keyboard.press("Escape");
  await expect(field(page, "Image")).toBeHidden();
  await expect(attach).toBeFocused();
  const kinds = await page.locator("input[type=file]").evaluateAll((inputs) => inputs.map((it) => it.getAttribute("name")));
  expect(kinds).toEqual(["image", "file"]);
});

test("what the shop took out of the menu is not there", async ({ page, shop, business }) => {
  await business.patchIntegration({ menuItems: { imageUpload: false, shareLocation: false } });
  await page.goto(shop.chatUrl);
  await expect(page.locator("input[type=file]")).toHaveCount(1);
  await expect(field(page, "Image")).toHaveCount(0);
  await business.patchIntegration({ menuItems: { imageUpload: false, fileUpload: false, shareLocation: false } });
  await page.reload();
  await expect(page.locator("input[type=file]")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Attach" })).toHaveCount(0);
});

test("an image and a file that were chosen are in the log, after a reload too", async ({
  page,
  shop,
  messenger,
  javaScriptEnabled,
}) => {
  await watchForLife(page);
  await page.goto(shop.chatUrl);
  if (javaScriptEnabled) await isAlive(page);
  for (const [name, file, count] of [
    ["Image", PHOTO, 1],
    ["File", BILL, 2],
  ] as const) {
    await field(page, name).setInputFiles(file);
    if (!javaScriptEnabled) await messenger.send.click();
    await expect(messenger.messages).toHaveCount(count);
    await expect(messenger.status("Delivered")).toHaveCount(1);
  }
  for (let again = 0; again < 2; again++) {
    await expect(messenger.log.getByRole("img", { name: PHOTO.name })).toBeVisible();
    await expect(messenger.log.getByRole("link", { name: BILL.name })).toBeVisible();
    await expect(messenger.messages).toHaveCount(2);
    await page.reload();
  }
});

test("what can't be sent says so, and what was written stays", async ({
  page,
  shop,
  messenger,
  guard,
  javaScriptEnabled,
}) => {
  if (!javaScriptEnabled) guard.expect(/status of 4(15|22)/);
  await watchForLife(page);
  await page.goto(shop.chatUrl);
  if (javaScriptEnabled) await isAlive(page);
  await messenger.textbox.fill("half a thou");
  for (const [name, file, problem] of [
    ["Image", { ...BILL, name: "no.png" }, "Unsupported file type."],
    ["File", { ...BILL, buffer: Buffer.alloc(0) }, "Invalid file."],
  ] as const) {
    await field(page, name).setInputFiles(file);
    if (!javaScriptEnabled) await messenger.send.click();
    await expect(messenger.alert).toHaveText(problem);
    await expect(messenger.textbox).toHaveValue("half a thou");
  }
  await expect(messenger.messages).toHaveCount(0);
});

test.describe("on the narrowest screen", () => {
  test.use({ viewport: { width: 320, height: 568 } });

  test("the menu is all in sight", async ({ page, shop }) => {
    await page.goto(shop.chatUrl);
    await page.getByRole("button", { name: "Attach" }).click();
    await expectNoSidewaysScrolling(page);
    for (const name of ["Image", "File"] as const) {
      await expect(page.locator("label", { has: field(page, name) })).toBeInViewport({ ratio: 1 });
    }
  });
});
