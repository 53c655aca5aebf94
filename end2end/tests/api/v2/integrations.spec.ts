/** Integrations and the keys of custom ones, through the v2 client. */
import { expect, ID, NOBODY, refusal, test } from "../../../support/api.ts";
import { V2 } from "../../../support/clients.ts";

const BAD_REQUEST = { status: 400, code: "bad_request" };
const NOT_FOUND = { status: 404, code: "integration_not_found" };
const HOOK = { target: "https://example.org/hook", triggers: ["conversation:message"] };

test("a chat page is made with what it should look like", async ({ v2, app }) => {
  const settings = {
    displayName: "The shop's page",
    brandColor: "ff0000",
    conversationColor: "0f0",
    actionColor: "0000FF",
    displayStyle: "tab",
    buttonWidth: "60",
    buttonHeight: "60",
    fixedIntroPane: true,
    businessName: "Tea & Co",
    businessIconUrl: "https://example.org/icon.png",
    backgroundImageUrl: "https://example.org/background.png",
    originWhitelist: ["https://example.org", "http://localhost:8080"],
    canUserSeeConversationList: false,
    canUserCreateMoreConversations: true,
    prechatCapture: {
      enabled: true,
      enableEmailLinking: true,
      fields: [{ type: "email", name: "email", label: "Your address" }],
    },
  };
  const made = await v2.integrations.createIntegrationWithHttpInfo(app, { type: "web", ...settings });
  expect(made.response.status).toBe(201);
  // The client keeps four keys of an integration; its users read the others in the raw body.
  const { integration } = made.response.body;
  expect(made.data.integration).toMatchObject({ id: integration.id, type: "web", status: "active" });
  const { brandColor, conversationColor, actionColor, ...others } = settings;
  expect(integration).toMatchObject({ id: expect.stringMatching(ID), type: "web", ...others });
  expect(integration.brandColor).toBe(brandColor);
  expect([integration.conversationColor, integration.actionColor.toLowerCase()]).toEqual([conversationColor, "0000ff"]);
  expect(actionColor).toBe("0000FF");
  const read = await v2.integrations.getIntegrationWithHttpInfo(app, integration.id);
  expect(read.response.body.integration).toEqual(integration);
});

test("a chat page of nothing but its type has the usual settings", async ({ v2, app, parlor }) => {
  const { response } = await v2.integrations.createIntegrationWithHttpInfo(app, { type: "web" });
  expect(response.body.integration).toMatchObject({
    brandColor: "65758e",
    conversationColor: "0099ff",
    actionColor: "0099ff",
    displayStyle: "button",
    buttonWidth: "58",
    buttonHeight: "58",
    fixedIntroPane: false,
    attachmentsEnabled: true,
  });
  const page = await fetch(`${parlor.url}/chat/${response.body.integration.id}`);
  expect(page.status).toBe(200);
});

test("a change touches what it names, and visitors see it", async ({ v2, app, shop }) => {
  const { response } = await v2.integrations.updateIntegrationWithHttpInfo(app, shop.integrationId, {
    businessName: "Tea & Cups",
    displayName: "The page",
    type: "custom",
  });
  expect(response.status).toBe(200);
  expect(response.body.integration).toMatchObject({ type: "web", businessName: "Tea & Cups", displayName: "The page" });
  expect(await (await fetch(shop.chatUrl)).text()).toContain("Tea &amp; Cups");
  await v2.integrations.updateIntegration(app, shop.integrationId, { displayName: null });
  const read = await v2.integrations.getIntegrationWithHttpInfo(app, shop.integrationId);
  expect(read.response.body.integration.displayName ?? null).toBeNull();
  expect(read.response.body.integration.businessName).toBe("Tea & Cups");
});

test("a custom integration comes with its webhook and that webhook's secret", async ({ v2, app }) => {
  const made = await v2.integrations.createIntegrationWithHttpInfo(app, {
    type: "custom",
    displayName: "Bot",
    webhooks: [{ ...HOOK, includeFullUser: true }],
  });
  expect(made.response.status).toBe(201);
  expect(made.response.body.integration).toMatchObject({
    id: expect.stringMatching(ID),
    type: "custom",
    status: "active",
    displayName: "Bot",
    webhooks: [{ ...HOOK, id: expect.stringMatching(ID), secret: expect.stringMatching(/^.{20,}$/), version: "v2" }],
  });
  const { integration } = made.data;
  const renamed = await v2.integrations.updateIntegration(app, integration.id, { displayName: "Better bot" });
  expect(renamed.integration).toMatchObject({ id: integration.id, type: "custom", displayName: "Better bot" });
});

test("integrations are listed, by type and page by page", async ({ v2, app, shop }) => {
  for (let number = 1; number <= 26; number++) {
    await v2.integrations.createIntegration(app, { type: "web", displayName: `Page ${number}` });
  }
  const bot = (await v2.integrations.createIntegration(app, { type: "custom", webhooks: [HOOK] })).integration;
  const ids = (page: any) => page.integrations.map(({ id }: { id: string }) => id);
  const all: string[] = [];
  let page = await v2.integrations.listIntegrations(app, {});
  expect(page.integrations).toHaveLength(25);
  for (all.push(...ids(page)); page.meta.hasMore; all.push(...ids(page))) {
    page = await v2.integrations.listIntegrations(app, { page: { after: page.meta.afterCursor } });
  }
  expect(new Set(all).size).toBe(28);
  expect(all).toEqual(expect.arrayContaining([shop.integrationId, bot.id]));

  const custom = await v2.integrations.listIntegrations(app, { filter: { types: "custom" } });
  expect(ids(custom)).toEqual([bot.id]);
  const both = await v2.integrations.listIntegrations(app, { page: { size: 100 }, filter: { types: "web,custom" } });
  expect(both.integrations).toHaveLength(28);
});

test("a deleted integration is gone, page, webhooks, keys and all", async ({ v2, app, parlor }) => {
  const page = (await v2.integrations.createIntegration(app, { type: "web" })).integration;
  const gone = await v2.integrations.deleteIntegrationWithHttpInfo(app, page.id);
  expect([gone.response.status, gone.response.body]).toEqual([200, {}]);
  expect(await refusal(v2.integrations.getIntegration(app, page.id))).toEqual(NOT_FOUND);
  expect((await fetch(`${parlor.url}/chat/${page.id}`)).status).toBe(404);

  const bot = (await v2.integrations.createIntegration(app, { type: "custom", webhooks: [HOOK] })).integration;
  const { key } = await v2.integrationKeys.createCustomIntegrationKey(app, bot.id, { displayName: "Bot" });
  await v2.integrations.deleteIntegration(app, bot.id);
  expect(await refusal(v2.webhooks.listWebhooks(app, bot.id))).toEqual(NOT_FOUND);
  const dead = new V2(parlor.url, { key });
  expect((await refusal(dead.users.createUser(app, { externalId: "ann" }))).status).toBe(401);
});

test("a wrong integration is refused", async ({ v2, app, shop }) => {
  const wrong = [
    {},
    { type: "carrier pigeon" },
    { type: "web", brandColor: "red" },
    { type: "web", brandColor: "#ff0000" },
    { type: "web", displayStyle: "window" },
    { type: "web", displayName: "x".repeat(101) },
    { type: "web", originWhitelist: ["example.org"] },
    { type: "custom" },
    { type: "custom", webhooks: [] },
    { type: "custom", webhooks: [HOOK, HOOK] },
    { type: "custom", webhooks: [{ target: HOOK.target }] },
    { type: "custom", webhooks: [{ ...HOOK, target: "ftp://example.org" }] },
    { type: "custom", webhooks: [{ ...HOOK, target: "nowhere" }] },
  ];
  for (const body of wrong) {
    const refused = await refusal(v2.integrations.createIntegration(app, body));
    expect(refused, JSON.stringify(body)).toEqual(BAD_REQUEST);
  }
  const changed = v2.integrations.updateIntegration(app, shop.integrationId, { brandColor: "red" });
  expect(await refusal(changed)).toEqual(BAD_REQUEST);
  expect((await v2.integrations.listIntegrations(app, {})).integrations).toHaveLength(1);
  const nobody = [
    v2.integrations.getIntegration(app, NOBODY),
    v2.integrations.updateIntegration(app, NOBODY, { displayName: "x" }),
    v2.integrations.deleteIntegration(app, NOBODY),
    v2.integrationKeys.listCustomIntegrationKeys(app, NOBODY),
  ];
  for (const refused of await Promise.all(nobody.map(refusal))) expect(refused).toEqual(NOT_FOUND);
});

test("keys of a custom integration are made, read, listed and deleted", async ({ v2, app, parlor, shop }) => {
  const bot = (await v2.integrations.createIntegration(app, { type: "custom", webhooks: [HOOK] })).integration;
  const made = await v2.integrationKeys.createCustomIntegrationKeyWithHttpInfo(app, bot.id, { displayName: "Bot" });
  expect(made.response.status).toBe(201);
  const { key } = made.data;
  expect(key).toEqual({
    id: expect.stringMatching(/^int_[0-9a-f]{24}$/),
    displayName: "Bot",
    secret: expect.stringMatching(/^.{20,}$/),
  });
  expect((await v2.integrationKeys.getCustomIntegrationKey(app, bot.id, key.id)).key).toEqual(key);
  expect((await v2.integrationKeys.listCustomIntegrationKeys(app, bot.id)).keys).toEqual([key]);
  await new V2(parlor.url, { key }).users.createUser(app, { externalId: "ann" });

  for (let count = 1; count < 10; count++) {
    await v2.integrationKeys.createCustomIntegrationKey(app, bot.id, { displayName: `Bot ${count}` });
  }
  const eleventh = v2.integrationKeys.createCustomIntegrationKey(app, bot.id, { displayName: "One too many" });
  expect(await refusal(eleventh)).toEqual(BAD_REQUEST);

  const gone = await v2.integrationKeys.deleteCustomIntegrationKeyWithHttpInfo(app, bot.id, key.id);
  expect([gone.response.status, gone.response.body]).toEqual([200, {}]);
  const missing = { status: 404, code: "not_found" };
  expect(await refusal(v2.integrationKeys.getCustomIntegrationKey(app, bot.id, key.id))).toEqual(missing);
  expect(await refusal(v2.integrationKeys.deleteCustomIntegrationKey(app, bot.id, key.id))).toEqual(missing);
  expect((await refusal(new V2(parlor.url, { key }).users.getUser(app, "ann"))).status).toBe(401);

  const ofAPage = v2.integrationKeys.createCustomIntegrationKey(app, shop.integrationId, { displayName: "Page" });
  expect(await refusal(ofAPage)).toEqual(BAD_REQUEST);
});
