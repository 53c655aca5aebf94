/** The page in a browser that lets it store nothing. */
import type { Page } from "@playwright/test";
import { connected, expect, isAlive, test, watchForLife } from "../../support/test.ts";

/** Has everything that remembers be refused, as browsers do that are told to. */
async function refuseStorage(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const refuse = () => {
      throw new DOMException("Access is denied for this document.", "SecurityError");
    };
    Object.defineProperty(window, "localStorage", { get: refuse });
    Object.defineProperty(window, "sessionStorage", { get: refuse });
    Object.defineProperty(window, "indexedDB", { get: refuse });
    Object.defineProperty(document, "cookie", { get: refuse, set: refuse });
  });
}

/** What the page tells those who build pages. */
function watchWarnings(page: Page): string[] {
  const told: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "warning") told.push(message.text());
  });
  return told;
}

test.beforeEach(async ({ page, guard }) => {
  guard.expect(/lets the chat store nothing/);
  await refuseStorage(page);
  await watchForLife(page);
});

for (const [what, hasCookies] of [
  ["but cookies", true],
  ["at all", false],
] as const) {
  test(`where nothing is stored ${what}, one writes and is answered, and is told once`, async ({
    page,
    shop,
    eater,
    messenger,
    business,
  }) => {
    const warnings = watchWarnings(page);
    const address = hasCookies ? shop.chatUrl : eater.through(shop.chatUrl);
    await page.goto(address);
    await isAlive(page);
    const line = connected(page);
    await messenger.delivers("one");
    await line;
    const conversation = await messenger.conversation();
    await business.says(conversation, "two");
    await expect(messenger.message("two")).toBeVisible({ timeout: 2000 });
    // A draft is nothing to keep, and nothing to break.
    await messenger.textbox.fill("half a thought");
    await messenger.delivers("three");
    expect(await business.texts(conversation)).toEqual(["one", "two", "three"]);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain("lets the chat store nothing");
    await page.reload();
    await isAlive(page);
    await expect(messenger.messages).toHaveCount(hasCookies ? 3 : 0);
    await expect(messenger.textbox).toHaveValue("");
  });
}

test("what could not be sent is sent all the same once it can", async ({ page, shop, messenger, business, guard }) => {
  guard.expect(/ERR_FAILED/);
  await page.goto(shop.chatUrl);
  await isAlive(page);
  await messenger.delivers("one");
  await page.route("**/fn/send_message", (route) => route.abort());
  await messenger.says("two");
  const retry = messenger.log.getByRole("button", { name: /^Message not delivered\./ });
  await expect(retry).toBeVisible();
  await page.unroute("**/fn/send_message");
  await expect(retry).toHaveCount(0, { timeout: 10_000 });
  await expect.poll(async () => business.texts(await messenger.conversation())).toEqual(["one", "two"]);
});
