/** A visitor in a browser, and a bot built on a published client that hears by webhook and answers through the API. */
import { mergeTests } from "@playwright/test";
import { ID, test as api } from "../../support/api.ts";
import { V2 } from "../../support/clients.ts";
import { connected, expect, test as browser } from "../../support/test.ts";

const test = mergeTests(browser, api);

test("a bot on the v2 client answers a visitor live", async ({ page, parlor, shop, messenger, v2, app, hooks }) => {
  const triggers = ["conversation:create", "conversation:message", "conversation:read"];
  const webhooks = [{ target: hooks.url, triggers, includeFullUser: true }];
  const { integration } = await v2.integrations.createIntegration(app, { type: "custom", displayName: "Bot", webhooks });
  const { key } = await v2.integrationKeys.createCustomIntegrationKey(app, integration.id, { displayName: "Bot" });
  const bot = new V2(parlor.url, { key });

  await page.goto(shop.chatUrl);
  const line = connected(page);
  await messenger.delivers("Do you have green tea?");
  await line;
  const { payload } = await hooks.message("Do you have green tea?");
  expect(payload).toMatchObject({
    conversation: { id: await messenger.conversation(), type: "personal" },
    message: {
      author: { type: "user", user: { id: expect.stringMatching(ID), profile: {} } },
      source: { type: "web", integrationId: shop.integrationId },
    },
  });
  const created = await hooks.event("conversation:create");
  expect(created.payload).toMatchObject({ creationReason: "message", source: { type: "web" } });

  const conversation = payload.conversation.id;
  const author = { type: "business", displayName: "Bot", subtypes: ["AI"] };
  await bot.activities.postActivity(app, conversation, { author, type: "typing:start" });
  await expect(messenger.notice("Bot is typing")).toBeVisible();
  await bot.activities.postActivity(app, conversation, { author, type: "conversation:read" });
  await expect(messenger.status("Seen")).toHaveCount(1);
  await bot.messages.postMessage(app, conversation, { author, content: { type: "text", text: "Three kinds" } });
  await expect(messenger.message("Three kinds")).toBeVisible();
  const read = await hooks.event("conversation:read");
  expect(read.payload.activity.author).toMatchObject({ type: "user", userId: payload.message.author.userId });
});

test("a bot on the v1.1 client answers a visitor live", async ({ page, shop, messenger, v1, hooks }) => {
  await v1.webhooks.create({ target: hooks.url, triggers: ["message:appUser"] });
  await page.goto(shop.chatUrl);
  const line = connected(page);
  await messenger.delivers("Hello?");
  await line;
  const { appUser, messages } = await hooks.told("message:appUser");
  expect(messages).toMatchObject([{ text: "Hello?", role: "appUser", source: { type: "web" } }]);
  await v1.appUsers.conversationActivity(appUser._id, { role: "appMaker", type: "typing:start", name: "Bot" });
  await expect(messenger.notice("Bot is typing")).toBeVisible();
  await v1.appUsers.sendMessage(appUser._id, { role: "appMaker", type: "text", text: "Hello you", name: "Bot" });
  await expect(messenger.message("Hello you")).toBeVisible();
  await expect(messenger.message("Hello you")).toContainText("Bot");
});

test("a visitor is a user with a client and a device", async ({ page, shop, messenger, v2, v1, app }) => {
  await page.goto(shop.chatUrl);
  await messenger.delivers("Hello?");
  const { messages } = await v2.messages.listMessages(app, await messenger.conversation(), {});
  const user = messages[0].author.userId;
  const { clients } = await v2.clients.listClients(app, user, {});
  expect(clients).toMatchObject([{ id: expect.stringMatching(ID), type: "sdk", status: "active" }]);
  const { devices } = await v2.devices.listDevices(app, user);
  expect(devices).toMatchObject([{ type: "web", clientId: clients[0].id, integrationId: shop.integrationId }]);
  expect((await v2.devices.getDevice(app, user, devices[0].id)).device).toEqual(devices[0]);
  const refused = await v2.clients.removeClient(app, user, clients[0].id).catch((error: any) => error);
  expect([refused.status, refused.body.errors[0].code]).toEqual([400, "bad_request"]);
  expect((await v1.appUsers.get(user)).appUser.clients).toMatchObject([{ platform: "web" }]);
});
