/** What was written and not sent: whose it is, and what a link's words have to do with it. */
import { logOut, logsIn } from "../../support/logins.ts";
import { Messenger } from "../../support/messenger.ts";
import { expect, isAlive, test, watchForLife } from "../../support/test.ts";

test.beforeEach(async ({ page }) => {
  await watchForLife(page);
});

test("a draft in another tab is not shown to who comes after a logout", async ({ page, context, shop, messenger, guard }) => {
  guard.expect(/status of 401|WebSocket connection to/);
  await logsIn(page, shop, "ann");
  const tab = await context.newPage();
  await watchForLife(tab);
  await tab.goto(shop.chatUrl);
  await isAlive(tab);
  await new Messenger(tab).textbox.fill("Ann's half a thought");
  await logOut(page).click();
  await expect(logOut(page)).toBeHidden();
  await isAlive(page);
  // The tab is left only now.
  await tab.goto("about:blank");
  await page.reload();
  await isAlive(page);
  await expect(messenger.textbox).toHaveValue("");
});

for (const by of ["link", "parameter"]) {
  test(`a prefill that was sent does not come back with a reload (${by})`, async ({ page, shop, messenger, business }) => {
    const message = "A table, please";
    const link = await business.link({ message });
    await page.goto(by === "link" ? link.url : `${shop.chatUrl}?message=${encodeURIComponent(message)}`);
    await isAlive(page);
    await messenger.send.click();
    await expect(messenger.status("Delivered")).toHaveCount(1);
    await page.reload();
    await isAlive(page);
    await expect(messenger.messages).toHaveCount(1);
    await expect(messenger.textbox).toHaveValue("");
  });

  test(`what was written instead of a prefill survives a reload (${by})`, async ({ page, shop, messenger, business }) => {
    const link = await business.link({ message: "A table, please" });
    await page.goto(by === "link" ? link.url : `${shop.chatUrl}?message=A%20table`);
    await isAlive(page);
    await messenger.textbox.fill("My own words");
    await page.reload();
    await isAlive(page);
    await expect(messenger.textbox).toHaveValue("My own words");
  });
}
