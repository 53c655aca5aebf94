/**
 * How long a frame takes while a long conversation is scrolled.
 *
 * `frame`: milliseconds from one frame to the next, the 95th of a hundred, every frame scrolling on by `STEP` pixels. The
 * screen's own pace is switched off, so it is the work of the whole frame (script, style, layout, painting, and the pixels,
 * which no graphics card helps with here) and not the wait for the next tick of a screen.
 * `bare`: the same for a page of the same texts, which tells how fast this machine scrolls at all.
 */
import { expect, type Locator, test } from "@playwright/test";
import { CHROMIUM } from "../support/chromium.ts";
import { Messenger } from "../support/messenger.ts";
import { isAlive, watchForLife } from "../support/test.ts";
import { CHAT, MESSAGES, signIn, TURNS } from "./visit.ts";

const FRAMES = 300;
/** Half a screen: a fast flick. */
const STEP = 360;

test.use({
  launchOptions: { ...CHROMIUM, args: [...CHROMIUM.args, "--disable-frame-rate-limit", "--disable-gpu-vsync"] },
});

test("a long conversation is scrolled", async ({ page, context }) => {
  await signIn(context);
  await watchForLife(page);
  await page.goto(CHAT);
  await isAlive(page);
  const messenger = new Messenger(page);
  for (let count = await messenger.messages.count(); count < MESSAGES; ) {
    await messenger.loadMore.evaluate((button: HTMLButtonElement) => button.click());
    const before = count;
    await expect.poll(async () => (count = await messenger.messages.count()), { timeout: 60_000 }).toBeGreaterThan(before);
  }
  const frame = await frames(messenger.log);
  const texts = await messenger.messages.locator(".bubble").allInnerTexts();
  await page.setContent(bare(texts));
  console.log(JSON.stringify({ frame, bare: await frames(page.locator("main")) }));
});

/** The 95th of a hundred frames while `log` is scrolled from its end, a figure a turn. */
async function frames(log: Locator): Promise<number[]> {
  const frame: number[] = [];
  for (let turn = 0; turn < TURNS; turn++) {
    const took = await log.evaluate(
      async (log, [frames, step]) => {
        const next = () => new Promise<number>((painted) => requestAnimationFrame(painted));
        log.scrollTop = 0;
        await next();
        log.scrollTop = log.scrollHeight;
        await next();
        const took = [];
        let last = performance.now();
        for (let number = 0; number < frames; number++) {
          log.scrollTop -= step;
          await next();
          const now = performance.now();
          took.push(now - last);
          last = now;
        }
        return took;
      },
      [FRAMES, STEP] as const,
    );
    took.sort((one, other) => one - other);
    frame.push(took[Math.floor(took.length * 0.95)] ?? Number.NaN);
  }
  return frame;
}

/** The same texts with nothing but a box around each. */
function bare(texts: string[]): string {
  const style = "main { height: 100vh; overflow: auto } p { width: 60%; padding: 10px; border-radius: 16px; background: #eee }";
  return `<!doctype html><style>${style}</style><main>${texts.map((text) => `<p>${text}</p>`).join("")}</main>`;
}
