/** Files that go at once: chosen, pasted, dropped, given up, tried again. And drafts. */
import type { Page } from "@playwright/test";
import { PIXEL } from "../../support/pixel.ts";
import { connected, expect, isAlive, test, watchForLife } from "../../support/test.ts";

const BILL = { name: "bill.txt", mimeType: "text/plain", buffer: Buffer.from("4711") };
/** What the browser itself says about a line that is cut. */
const GONE = /net::ERR_|WebSocket connection to/;

test.beforeEach(async ({ page }) => {
  await watchForLife(page);
});

/** Has the browser tell the page of `event` with a file called `name`. */
async function offers(page: Page, on: string, event: "paste" | "drop" | "dragover", name: string): Promise<void> {
  const detail = { on, event, name, bytes: [...PIXEL] };
  await page.evaluate(({ on, event, name, bytes }) => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(bytes)], name, { type: "image/png" }));
    const how = { bubbles: true, cancelable: true };
    const told =
      event === "paste"
        ? new ClipboardEvent(event, { ...how, clipboardData: data })
        : new DragEvent(event, { ...how, dataTransfer: data });
    document.querySelector(on)?.dispatchEvent(told);
  }, detail);
}

test("an image that is pasted or dropped is sent", async ({ page, shop, messenger }) => {
  await page.goto(shop.chatUrl);
  await isAlive(page);
  await messenger.textbox.fill("half a thou");
  await offers(page, "textarea", "paste", "pasted.png");
  await expect(messenger.log.getByRole("img", { name: "pasted.png" })).toBeVisible();
  await offers(page, "main", "dragover", "dropped.png");
  await expect(page.locator("[data-dropping]")).toHaveCount(1);
  await offers(page, "main", "drop", "dropped.png");
  await expect(page.locator("[data-dropping]")).toHaveCount(0);
  await expect(messenger.log.getByRole("img", { name: "dropped.png" })).toBeVisible();
  await expect(messenger.messages).toHaveCount(2);
  await expect(messenger.textbox).toBeFocused();
  await expect(messenger.textbox).toHaveValue("half a thou");
});

test("a file on its way is shown, and may be given up", async ({ page, shop, messenger }) => {
  const hold: { done: () => void } = { done: () => {} };
  await page.route("**/upload*", async (route) => {
    await new Promise<void>((done) => (hold.done = done));
    await route.abort().catch(() => {});
  });
  await page.goto(shop.chatUrl);
  await isAlive(page);
  await page.getByLabel("File", { exact: true }).setInputFiles(BILL);
  await expect(messenger.message(BILL.name)).toHaveCount(1);
  await expect(messenger.log.getByText("Uploading...", { exact: true })).toBeVisible();
  await expect(messenger.log.getByRole("progressbar")).toBeVisible();
  await messenger.log.getByRole("button", { name: `Remove ${BILL.name}` }).click();
  await expect(messenger.messages).toHaveCount(0);
  await expect(messenger.textbox).toBeFocused();
  hold.done();
  await page.reload();
  await expect(messenger.messages).toHaveCount(0);
});

test("a file that a cut line held up goes out when it is pressed", async ({ page, shop, messenger, line, guard }) => {
  guard.expect(GONE);
  await page.goto(line.through(shop.chatUrl));
  await isAlive(page);
  const live = connected(page);
  await messenger.delivers("Hello?");
  await live;
  await line.cut();
  await page.getByLabel("File", { exact: true }).setInputFiles(BILL);
  const retry = messenger.log.getByRole("button", { name: "Message not delivered. Click to retry." });
  await expect(retry).toBeVisible();
  await line.mend();
  await retry.click();
  await expect(messenger.log.getByRole("link", { name: BILL.name })).toBeVisible();
  await expect(retry).toHaveCount(0);
  await expect(messenger.messages).toHaveCount(2);
});

test("too large a file is refused before it is sent", async ({ page, shop, messenger }) => {
  await page.goto(shop.chatUrl);
  await isAlive(page);
  await page.evaluate(() => {
    const data = new DataTransfer();
    data.items.add(new File([new Uint8Array(51 * 1024 * 1024)], "large.bin"));
    const input = document.querySelector<HTMLInputElement>("input[name=file]");
    if (input) input.files = data.files;
    input?.dispatchEvent(new Event("change", { bubbles: true }));
  });
  await expect(messenger.alert).toHaveText("Max file size limit exceeded (50 MB)");
  await expect(messenger.messages).toHaveCount(0);
});

test("what was written and not sent is there after a reload", async ({ page, shop, messenger }) => {
  await page.goto(shop.chatUrl);
  await isAlive(page);
  for (const sent of ["first", "second"]) {
    await messenger.textbox.fill("two\nlines 😀");
    await page.reload();
    await isAlive(page);
    await expect(messenger.textbox).toHaveValue("two\nlines 😀");
    await messenger.delivers(sent);
    await page.reload();
    await isAlive(page);
    await expect(messenger.textbox).toHaveValue("");
  }
});
