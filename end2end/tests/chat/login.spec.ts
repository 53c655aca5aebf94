/** Login and logout by plain forms. */
import { token } from "../../support/clients.ts";
import { expect, test } from "../../support/test.ts";

test("a form logs a visitor in, and a button out", async ({ page, shop, parlor, messenger }) => {
  const jwt = token({ id: shop.keyId, secret: shop.secret }, { scope: "user", external_id: "ann" });
  const form = `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Log in</title>
    <form method="post" action="${shop.chatUrl}/login"><input type="hidden" name="jwt" value="${jwt}">
    <button>Chat with us</button></form></html>`;
  const address = `${parlor.url}/a-page-of-the-business`;
  await page.route(address, (route) => route.fulfill({ contentType: "text/html; charset=utf-8", body: form }));
  const logIn = async () => {
    await page.goto(address);
    await page.getByRole("button", { name: "Chat with us" }).click();
    await expect(page).toHaveURL(shop.chatUrl);
  };
  // The page says by its first cookie that it may keep others.
  await page.goto(shop.chatUrl);
  await logIn();
  await messenger.says("It is me");
  await expect(messenger.message("It is me")).toHaveCount(1);
  await page.getByRole("button", { name: "Log out" }).click();
  await expect(page).toHaveURL(shop.chatUrl);
  await expect(messenger.messages).toHaveCount(0);
  await logIn();
  await expect(messenger.message("It is me")).toHaveCount(1);
});
