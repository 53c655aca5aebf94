/** The visitor whose page is measured, as the benchmark names them. */
import { type BrowserContext } from "@playwright/test";

export const CHAT = setting("BENCH_URL");
export const TURNS = Number(setting("BENCH_TURNS"));
export const MESSAGES = Number(setting("BENCH_MESSAGES"));

/** Makes the browser that of the visitor. */
export async function signIn(context: BrowserContext): Promise<void> {
  const cookies = setting("BENCH_COOKIES").split("; ");
  await context.addCookies(
    cookies.map((cookie) => {
      const at = cookie.indexOf("=");
      return { name: cookie.slice(0, at), value: cookie.slice(at + 1), url: new URL(CHAT).origin };
    }),
  );
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`${name} should be set; \`make bench\` does so`);
  return value;
}
