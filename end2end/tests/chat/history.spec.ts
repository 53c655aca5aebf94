/** A long conversation: the newest part is there at once, the rest behind "Load more". */
import { expect, test } from "../../support/test.ts";
import { range } from "../../support/messenger.ts";

test.beforeEach(async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("message 1");
  const conversation = await messenger.conversation();
  for (const number of range(2, 60)) await business.says(conversation, `message ${number}`);
});

test("the newest messages are in the first HTML, the last one in sight", async ({ page, shop, messenger }) => {
  const html = await (await page.request.get(shop.chatUrl)).text();
  const numbers = [...html.matchAll(/>message (\d+)</g)].map((found) => Number(found[1]));
  expect(numbers).toEqual(range(36, 60));
  await page.goto(shop.chatUrl);
  expect(await messenger.numbers()).toEqual(range(36, 60));
  await expect(messenger.message("message 60")).toBeInViewport();
});

test("Load more leads to the beginning, without gaps and doubles", async ({
  page,
  shop,
  messenger,
  javaScriptEnabled,
}) => {
  await page.goto(shop.chatUrl);
  const seen = [await messenger.numbers()];
  for (const first of [11, 1]) {
    await messenger.loadMore.click();
    await expect(messenger.message(`message ${first}`)).toHaveCount(1);
    await page.waitForLoadState();
    seen.unshift(await messenger.numbers());
  }
  await expect(messenger.loadMore).toBeHidden();
  // Plain HTML goes from page to page; a script adds to the one that is there.
  expect(javaScriptEnabled ? seen[0] : seen.flat()).toEqual(range(1, 60));
});

test("what is being read stays where it is while older messages come in", async ({
  page,
  shop,
  messenger,
  javaScriptEnabled,
}) => {
  test.skip(!javaScriptEnabled, "plain HTML shows another page");
  await page.goto(shop.chatUrl);
  // Its text: the name above it goes when what comes before turns out to be of the same author.
  const first = messenger.log.getByText("message 36", { exact: true });
  await messenger.loadMore.scrollIntoViewIfNeeded();
  const before = await first.boundingBox();
  await messenger.loadMore.click();
  await expect(messenger.message("message 11")).toHaveCount(1);
  await expect.poll(async () => Math.abs(((await first.boundingBox())?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(1.5);
});

test("from an older part one can write, and is back at the end", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  await messenger.loadMore.click();
  await expect(messenger.message("message 11")).toHaveCount(1);
  await messenger.says("message 61");
  await expect(messenger.message("message 61")).toHaveCount(1);
  await expect(messenger.message("message 61")).toBeInViewport();
  await expect(messenger.message("message 60")).toHaveCount(1);
  expect((await business.texts(await messenger.conversation())).at(-1)).toBe("message 61");
});
