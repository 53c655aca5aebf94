/** The page in each of its languages; with and without JavaScript. */
import type { Locator, Page } from "@playwright/test";
import { expectNoSidewaysScrolling } from "../../support/looks.ts";
import { expect, test } from "../../support/test.ts";

/** What a page in the language of that tag says at first, and when a message arrived. */
const LANGUAGES = [
  {
    tag: "en",
    dir: "ltr",
    header: "How can we help?",
    introduction: "We're here to talk, so ask us anything!",
    log: "Messages",
    placeholder: "Type a message...",
    send: "Send",
    delivered: "Delivered",
  },
  {
    tag: "de",
    dir: "ltr",
    header: "Wie können wir helfen?",
    introduction: "Wir sind für Sie da. Fragen Sie uns einfach!",
    log: "Nachrichten",
    placeholder: "Nachricht schreiben …",
    send: "Senden",
    delivered: "Zugestellt",
  },
  {
    tag: "fr",
    dir: "ltr",
    header: "Comment pouvons-nous vous aider ?",
    introduction: "Nous sommes à votre écoute, posez-nous vos questions !",
    log: "Messages",
    placeholder: "Écrivez un message…",
    send: "Envoyer",
    delivered: "Distribué",
  },
  {
    tag: "es",
    dir: "ltr",
    header: "¿En qué podemos ayudarle?",
    introduction: "Estamos aquí para hablar: ¡pregúntenos lo que quiera!",
    log: "Mensajes",
    placeholder: "Escriba un mensaje…",
    send: "Enviar",
    delivered: "Entregado",
  },
  {
    tag: "ar",
    dir: "rtl",
    header: "كيف يمكننا مساعدتك؟",
    introduction: "نحن هنا للحديث معك، فاسألنا عما تشاء!",
    log: "الرسائل",
    placeholder: "اكتب رسالة...",
    send: "إرسال",
    delivered: "تم التسليم",
  },
  {
    tag: "ja",
    dir: "ltr",
    header: "どのようなご用件でしょうか?",
    introduction: "どんなことでもお気軽にお尋ねください。",
    log: "メッセージ",
    placeholder: "メッセージを入力…",
    send: "送信",
    delivered: "送信済み",
  },
] as const;

type Spoken = (typeof LANGUAGES)[number];

/** The log and the composer of a page that speaks so. */
function parts(page: Page, spoken: Spoken): { log: Locator; textbox: Locator; send: Locator } {
  return {
    log: page.getByRole("log", { name: spoken.log, exact: true }),
    textbox: page.getByRole("textbox", { name: spoken.placeholder, exact: true }),
    send: page.getByRole("button", { name: spoken.send, exact: true }),
  };
}

for (const spoken of LANGUAGES) {
  test(`everything is said in ?locale=${spoken.tag}, after sending too`, async ({
    page,
    shop,
    business,
    javaScriptEnabled,
  }) => {
    const { log, textbox, send } = parts(page, spoken);
    await page.goto(`${shop.chatUrl}?locale=${spoken.tag}`);
    await expect(page.locator("html")).toHaveAttribute("lang", spoken.tag);
    await expect(page.locator("html")).toHaveAttribute("dir", spoken.dir);
    await expect(log.getByText(spoken.header, { exact: true })).toBeVisible();
    await expect(log.getByText(spoken.introduction, { exact: true })).toBeVisible();
    await expect(textbox).toHaveAttribute("placeholder", spoken.placeholder);
    await textbox.fill("Hello?");
    await send.click();
    await expect(log.getByText(spoken.delivered, { exact: true })).toBeVisible();
    await expect(log).toHaveAttribute("data-conversation-id", /./);
    await business.says((await log.getAttribute("data-conversation-id")) ?? "", "Good morning!");
    if (!javaScriptEnabled) await page.reload();
    const theirs = log.getByText("Good morning!", { exact: true });
    await expect(theirs).toBeVisible();
    await expect(page.locator("html")).toHaveAttribute("lang", spoken.tag);

    // Whoever reads from the right has one's own words at the left.
    const [own, answer] = await Promise.all([log.getByText("Hello?", { exact: true }).boundingBox(), theirs.boundingBox()]);
    const [middle, middleOfAnswer] = [own, answer].map((box) => (box?.x ?? 0) + (box?.width ?? 0) / 2);
    const width = page.viewportSize()?.width ?? 0;
    const isLeft = (middle ?? 0) < width / 2;
    expect(isLeft, "one's own at the left").toBe(spoken.dir === "rtl");
    expect((middleOfAnswer ?? 0) < width / 2, "theirs at the left").toBe(spoken.dir === "ltr");
    await expectNoSidewaysScrolling(page);
  });
}

test("a language that the browser prefers is spoken, and the link comes before it", async ({
  browser,
  shop,
  guard,
  javaScriptEnabled,
}) => {
  const context = await browser.newContext({ locale: "fr-CA", javaScriptEnabled });
  guard.watch(context);
  const page = await context.newPage();
  await page.goto(shop.chatUrl);
  await expect(page.locator("html")).toHaveAttribute("lang", "fr-CA");
  await expect(page.getByRole("button", { name: "Envoyer", exact: true })).toBeVisible();
  await page.goto(`${shop.chatUrl}?locale=de-AT`);
  await expect(page.locator("html")).toHaveAttribute("lang", "de-AT");
  await expect(page.getByRole("button", { name: "Senden", exact: true })).toBeVisible();
  await context.close();
});

test("the business's own words are said in every language, from the next view on", async ({ page, shop, business }) => {
  const header = page.getByRole("log").getByText("Ask Ann & <b>Omar</b>", { exact: true });
  await page.goto(`${shop.chatUrl}?locale=de`);
  await expect(page.getByRole("log")).toBeVisible();
  await expect(header).toHaveCount(0);
  const customText = { headerText: "Ask Ann & <b>Omar</b>", inputPlaceholder: "Your turn", sendButtonText: "Go" };
  await business.patchIntegration({ customText });
  for (const spoken of LANGUAGES) {
    await expect(async () => {
      await page.goto(`${shop.chatUrl}?locale=${spoken.tag}`);
      await expect(header).toBeVisible({ timeout: 500 });
    }).toPass();
    const { log } = parts(page, spoken);
    await expect(page.getByRole("textbox", { name: "Your turn", exact: true })).toHaveAttribute("placeholder", "Your turn");
    await expect(page.getByRole("button", { name: "Go", exact: true })).toBeVisible();
    await expect(page.getByText(spoken.header, { exact: true })).toHaveCount(0);
    // What is not the business's own stays in the language.
    await expect(log.getByText(spoken.introduction, { exact: true })).toBeVisible();
  }
  await business.patchIntegration({ customText: { headerText: "Ask Eve" } });
  await expect(async () => {
    await page.reload();
    await expect(page.getByRole("log").getByText("Ask Eve", { exact: true })).toBeVisible({ timeout: 500 });
  }).toPass();
});
