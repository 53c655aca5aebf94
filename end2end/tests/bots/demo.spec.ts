/** `parlor demo`: its bot greets, and shows what it is asked for. */
import type { Locator, Page } from "@playwright/test";
import type { Messenger } from "../../support/messenger.ts";
import { Parlor } from "../../support/parlor.ts";
import { expect, test as browser } from "../../support/test.ts";

interface Fixtures {
  /** Says it, and waits for what the bot says to it. */
  ask: (text: string, answer: RegExp) => Promise<void>;
}

const test = browser.extend<Fixtures, { botPage: string }>({
  botPage: [
    async ({}, use) => {
      const demo = await Parlor.demo();
      await use(await demo.botPage());
      await demo.remove();
      expect(demo.complaints, "what the server complained about").toEqual([]);
    },
    { scope: "worker" },
  ],
  ask: async ({ page, messenger, javaScriptEnabled }, use) => {
    await use(async (text, answer) => {
      await messenger.says(text);
      await arrives(page, messenger.messages.filter({ hasText: answer }), javaScriptEnabled);
    });
  },
});

/** A bot takes its time, and plain HTML stays as it is. */
async function arrives(page: Page, what: Locator, javaScriptEnabled: boolean | undefined): Promise<void> {
  if (javaScriptEnabled) return expect(what).toBeVisible({ timeout: 10_000 });
  await expect(async () => {
    await page.reload();
    await expect(what).toBeVisible({ timeout: 300 });
  }).toPass({ timeout: 10_000 });
}

test.beforeEach(async ({ page, botPage }) => {
  await page.goto(botPage);
});

test("the bot greets, repeats what it did not understand, and has read it", async ({
  page,
  messenger,
  ask,
  javaScriptEnabled,
}) => {
  await ask("Good morning", /Demo bot\s*Hi, I'm the demo bot/);
  await expect(messenger.log.getByRole("button", { name: "Carousel" })).toBeEnabled();
  await ask("Whatever next", /You said: "Whatever next"/);
  await expect(messenger.status("Seen")).toHaveCount(1);
  await expect(messenger.messages.filter({ hasText: "Hi, I'm the demo bot" })).toHaveCount(1);
  await messenger.log.getByRole("button", { name: "Carousel" }).click();
  await arrives(page, messenger.messages.filter({ hasText: "A carousel: cards side by side" }), javaScriptEnabled);
});

/** What is in the log after asking for it. */
const SHOWN: [string, RegExp, (messenger: Messenger, page: Page) => Promise<void>][] = [
  [
    "carousel",
    /A carousel: cards side by side/,
    async ({ log }) => {
      for (const title of ["A weekend at the sea", "The cabin in the woods", "Nights in the dunes", "Over the peaks"]) {
        await expect(log.getByText(title, { exact: true })).toHaveCount(1);
      }
      await expect(log.getByRole("button", { name: "Choose this" })).toHaveCount(4);
      await expectDrawn(log.getByRole("img", { name: "A sailing boat", exact: true }));
    },
  ],
  [
    "list",
    /A list: one card below the other/,
    async ({ log }) => {
      await expect(log.getByText("Free from Monday")).toBeVisible();
      await expect(log.getByText("Two places left")).toBeVisible();
      await expect(log.getByRole("button", { name: "More trips" })).toBeEnabled();
    },
  ],
  [
    "form",
    /A form: fill it in right here/,
    async ({ log }) => {
      const form = log.getByRole("form");
      for (const label of ["Your name", "E-mail", "Where to?"]) await expect(form.getByLabel(label)).toBeEditable();
    },
  ],
  [
    "location",
    /A place on the map/,
    async ({ log }) => {
      await expect(log.getByRole("link", { name: /Our harbour/ })).toHaveAttribute("href", /54\.3103,13\.0916/);
    },
  ],
  [
    "image",
    /A picture with a caption and buttons/,
    async ({ log }) => {
      await expectDrawn(log.getByRole("img", { name: "A sailing boat before a low sun" }));
      await expect(log.getByText("The sea, early in the morning")).toBeVisible();
    },
  ],
  [
    "file",
    /A file to download/,
    async ({ log }, page) => {
      const address = await log.getByRole("link", { name: /packing-list\.pdf/ }).getAttribute("href");
      const answer = await page.request.get(address ?? "");
      expect((await answer.body()).subarray(0, 5).toString()).toBe("%PDF-");
    },
  ],
  [
    "quick replies",
    /Quick replies: answers for one tap/,
    async ({ log }) => {
      for (const name of ["Sea", "Forest", "Mountains"]) await expect(log.getByRole("button", { name })).toBeEnabled();
    },
  ],
];

for (const [what, closing, check] of SHOWN) {
  test(`asked for ${what}, it shows that and says what it is`, async ({ page, messenger, ask }) => {
    await ask(`show me a ${what}`, closing);
    await check(messenger, page);
  });
}

test("a choice, a postback and a form are heard and answered", async ({ page, messenger, ask, javaScriptEnabled }) => {
  await ask("quick replies", /Quick replies: answers for one tap/);
  await messenger.log.getByRole("button", { name: "Forest" }).click();
  await arrives(page, messenger.messages.filter({ hasText: '"Forest", a good choice' }), javaScriptEnabled);
  await ask("buttons", /Buttons that stay/);
  await messenger.log.getByRole("button", { name: "Call me back" }).click();
  await arrives(page, messenger.messages.filter({ hasText: 'I was told its payload, "CALL_ME_BACK"' }), javaScriptEnabled);
  await ask("form", /A form: fill it in right here/);
  const form = messenger.log.getByRole("form");
  await form.getByLabel("Your name").fill("Sam Small");
  await form.getByLabel("E-mail").fill("sam@shop.example");
  await form.getByLabel("Where to?").selectOption("The dunes");
  await form.getByRole("button", { name: "Submit" }).click();
  await arrives(page, messenger.messages.filter({ hasText: /This is what you answered:[^]*Sam Small[^]*The dunes/ }), javaScriptEnabled);
});

/** The picture is there, and not only its place. */
async function expectDrawn(picture: Locator): Promise<void> {
  await picture.scrollIntoViewIfNeeded();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
}
