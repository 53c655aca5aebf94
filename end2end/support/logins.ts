import { expect, type Locator, type Page } from "@playwright/test";
import { token } from "./clients.ts";
import type { Shop } from "./parlor.ts";

const HOUR = 3600;

/** Credentials of the user whom the business knows as `name`, as the fragment of an address says them. */
export function fragment(shop: Shop, name: string, seconds = HOUR): string {
  const payload = { scope: "user", external_id: name, exp: Math.floor(Date.now() / 1000) + seconds };
  const jwt = token({ id: shop.keyId, secret: shop.secret }, payload);
  return `#jwt=${jwt}&externalId=${encodeURIComponent(name)}`;
}

export function logOut(page: Page): Locator {
  return page.getByRole("button", { name: "Log out" });
}

/** Opens the chat as the user whom the business knows as `name`. */
export async function logsIn(page: Page, shop: Shop, name: string): Promise<void> {
  // From elsewhere: at the page itself it would only be another fragment.
  await page.goto("about:blank");
  await page.goto(shop.chatUrl + fragment(shop, name));
  await expect(logOut(page)).toBeVisible();
}
