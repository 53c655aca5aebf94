/** The chat in an iframe of somebody else's website. */
import { BUSINESS_NAME, expect, test } from "../../support/test.ts";

test.beforeEach(({ guard }) => {
  // Browsers forbid storage in the frames of other sites, and the page says so to those who build sites.
  guard.expect(/lets the chat store nothing/);
});

test("a visitor writes and is answered, and a reload of the website keeps the conversation", async ({
  page,
  shop,
  framing,
  framed,
  business,
  javaScriptEnabled,
}) => {
  const host = await framing(shop.embedUrl);
  await page.goto(host.url);
  await expect(framed.heading).toHaveText(BUSINESS_NAME);
  await framed.delivers("Hello?");
  const conversation = await framed.conversation();
  await business.says(conversation, "Good morning!");
  if (!javaScriptEnabled) await page.reload();
  await expect(framed.message("Good morning!")).toBeVisible({ timeout: 2000 });
  await page.reload();
  await expect(framed.messages).toHaveCount(2);
  await framed.delivers("Still there?");
  expect(await framed.conversation()).toBe(conversation);
  expect(await business.texts(conversation)).toEqual(["Hello?", "Good morning!", "Still there?"]);
  await expect(page).toHaveURL(`${host.url}/`);
});

test("it fills its frame, and only the log scrolls", async ({ page, shop, framing, framed, business }) => {
  const host = await framing(shop.embedUrl);
  await page.goto(host.url);
  await framed.delivers("Hello?");
  const conversation = await framed.conversation();
  for (let number = 0; number < 20; number++) await business.says(conversation, `message ${number}`);
  await page.reload();
  await expect(framed.message("message 19")).toBeInViewport();
  const frame = await page.locator("iframe").boundingBox();
  const main = await page.frameLocator("iframe").getByRole("main").boundingBox();
  // Less the frame's own border.
  expect(main?.width).toBeGreaterThan((frame?.width ?? 0) - 6);
  expect(main?.height).toBeGreaterThan((frame?.height ?? 0) - 6);
  await expect(framed.textbox).toBeInViewport({ ratio: 1 });
});

test("only the websites on the list show it", async ({ page, shop, framing, framed, business, guard }) => {
  const host = await framing(shop.embedUrl);
  guard.expect(/frame-ancestors/);
  await business.patchIntegration({ originWhitelist: ["https://shop.example", host.url] });
  await page.goto(host.url);
  await framed.delivers("Hello?");
  await business.patchIntegration({ originWhitelist: ["https://shop.example"] });
  await page.reload();
  await expect.poll(() => page.frames()[1]?.url()).toBe("chrome-error://chromewebdata/");
  await expect(framed.log).toHaveCount(0);
  await expect(framed.textbox).toHaveCount(0);
  await business.patchIntegration({ originWhitelist: null });
  await page.reload();
  await expect(framed.message("Hello?")).toHaveCount(1);
});

test("a page of its own is shown in no frame", async ({ page, shop, framing, framed, guard }) => {
  guard.expect(/frame-ancestors|X-Frame-Options/);
  const host = await framing(shop.chatUrl);
  await page.goto(host.url);
  await expect.poll(() => page.frames()[1]?.url()).toBe("chrome-error://chromewebdata/");
  await expect(framed.log).toHaveCount(0);
});

test("a browser that keeps no cookie keeps the conversation as long as the page", async ({
  page,
  shop,
  eater,
  framing,
  framed,
  business,
  javaScriptEnabled,
}) => {
  const host = await framing(eater.through(shop.embedUrl));
  await page.goto(host.url);
  await framed.delivers("one");
  const conversation = await framed.conversation();
  await framed.delivers("two");
  await business.says(conversation, "three");
  if (javaScriptEnabled) await expect(framed.message("three")).toBeVisible({ timeout: 2000 });
  await framed.delivers("four");
  await expect(framed.messages).toHaveCount(4);
  expect(await framed.conversation()).toBe(conversation);
  expect(await business.texts(conversation)).toEqual(["one", "two", "three", "four"]);
});
