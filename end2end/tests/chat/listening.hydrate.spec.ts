/** What those hear who listen to the page: every message once, and who is typing. */
import type { Page } from "@playwright/test";
import { Messenger } from "../../support/messenger.ts";
import { connected, expect, test } from "../../support/test.ts";

interface Heard {
  role: string;
  name: string;
}

/** Everything that the browser tells a screen reader of, letters of a line left out. */
async function heard(page: Page): Promise<Heard[]> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const told = nodes.filter(({ ignored }) => !ignored);
  const all = told.map(({ role, name }) => ({ role: String(role?.value), name: String(name?.value ?? "") }));
  return all.filter(({ role }) => role !== "InlineTextBox");
}

test("a message that comes in is heard once, in the log", async ({ page, shop, messenger, business }) => {
  await page.goto(shop.chatUrl);
  const line = connected(page);
  await messenger.delivers("Hello?");
  await line;
  const conversation = await messenger.conversation();
  await business.says(conversation, "A message like no other");
  await expect(messenger.message("A message like no other")).toBeVisible();
  for (const text of ["A message like no other", "Hello?"]) {
    const told = (await heard(page)).filter(({ name }) => name.includes(text));
    expect(told).toEqual([{ role: "StaticText", name: text }]);
  }
  expect((await heard(page)).filter(({ role }) => role === "log")).toEqual([{ role: "log", name: "Messages" }]);
  // New messages are added to a log that is there already: what is said again is only what is new.
  await expect(messenger.log).not.toHaveAttribute("aria-live", /off/);
  await expect(messenger.log).not.toHaveAttribute("aria-atomic", "true");
  await expect(page.locator("[aria-live]")).toHaveCount(0);
});

test("who is typing and how the line is, is said in places for it that are always there", async ({
  page,
  shop,
  messenger,
  business,
  line,
  guard,
}) => {
  guard.expect(/net::ERR_|WebSocket connection to/);
  await page.goto(line.through(shop.chatUrl));
  const places = new Messenger(page).place.getByRole("status");
  const before = await places.count();
  expect(before).toBeGreaterThan(1);
  const live = connected(page);
  await messenger.delivers("Hello?");
  await live;
  await business.types(await messenger.conversation());
  await expect(messenger.notice("Ann is typing")).toHaveCount(1);
  await business.stopsTyping(await messenger.conversation());
  await expect(messenger.notice("Ann is typing")).toHaveCount(0);
  await line.cut();
  await expect(messenger.notice(/^(Offline\. You will not receive messages\.|Reconnecting\.\.\.)$/)).toHaveCount(1, { timeout: 10_000 });
  expect(await places.count(), "nothing but their words has changed").toBe(before);
});
