/** Who may call: keys, tokens and their scopes, through the v2 client. */
import { expect, ID, NOBODY, refusal, says, test, userInConversation } from "../../../support/api.ts";
import { token, V2 } from "../../../support/clients.ts";

const UNAUTHORIZED = { status: 401, code: "unauthorized" };
const FORBIDDEN = { status: 403, code: "forbidden" };
const now = () => Math.floor(Date.now() / 1000);

test("a key is taken as a name with a password, and as the signer of a token", async ({ parlor, app, appKey }) => {
  const signed = token(appKey, { scope: "app", iat: now() });
  const dated = token(appKey, { scope: "app", iat: now(), exp: now() + 60 });
  for (const credentials of [{ key: appKey }, { token: signed }, { token: dated }]) {
    const answer = await new V2(parlor.url, credentials).apps.getApp(app);
    expect(answer.app.id).toBe(app);
  }
});

test("of a password and a token the token counts", async ({ parlor, app, appKey }) => {
  const wrong = { id: appKey.id, secret: "wrong" };
  const good = token(appKey, { scope: "app", iat: now() });
  await new V2(parlor.url, { key: wrong, token: good }).apps.getApp(app);
  const bad = new V2(parlor.url, { key: appKey, token: token(wrong, { scope: "app" }) });
  expect(await refusal(bad.apps.getApp(app))).toEqual(UNAUTHORIZED);
});

test("who cannot say who it is gets 401", async ({ parlor, app, appKey }) => {
  const payload = { scope: "app", iat: now() };
  const credentials = [
    {},
    { key: { id: appKey.id, secret: "wrong" } },
    { key: { id: `app_${NOBODY}`, secret: appKey.secret } },
    { token: "no token" },
    { token: token({ id: appKey.id, secret: "wrong" }, payload) },
    { token: token({ id: `app_${NOBODY}`, secret: appKey.secret }, payload) },
    { token: token(appKey, payload, { kid: undefined }) },
    { token: token(appKey, payload, { alg: "HS512" }) },
    { token: `${token(appKey, payload, { alg: "none" }).split(".").slice(0, 2).join(".")}.` },
    { token: token(appKey, { ...payload, exp: now() - 3600 }) },
    { token: token(appKey, { iat: now() }) },
  ];
  for (const wrong of credentials) {
    expect(await refusal(new V2(parlor.url, wrong).apps.getApp(app)), JSON.stringify(wrong)).toEqual(UNAUTHORIZED);
  }
});

test("a token has the scope of its key and no more", async ({ parlor, app, appKey, accountKey }) => {
  const grasping = new V2(parlor.url, { token: token(appKey, { scope: "account", iat: now() }) });
  expect([401, 403]).toContain((await refusal(grasping.apps.listApps({}))).status);
  const account = new V2(parlor.url, { token: token(accountKey, { scope: "account", iat: now() }) });
  expect((await account.apps.getApp(app)).app.id).toBe(app);
});

test("a token for an end user opens nothing here", async ({ parlor, v2, app, appKey }) => {
  const { user } = await v2.users.createUser(app, { externalId: "ann" });
  for (const claims of [{ userId: "ann" }, { external_id: "ann" }, { userId: user.id }]) {
    const visitor = new V2(parlor.url, { token: token(appKey, { scope: "appUser", iat: now(), ...claims }) });
    expect([401, 403]).toContain((await refusal(visitor.users.getUser(app, "ann"))).status);
  }
});

test("a deleted key and its tokens are dead at once", async ({ parlor, owner, app }) => {
  const { key } = await owner.appKeys.createAppKey(app, { displayName: "short-lived" });
  const named = new V2(parlor.url, { key });
  const signed = new V2(parlor.url, { token: token(key, { scope: "app", iat: now() }) });
  await named.apps.getApp(app);
  await signed.apps.getApp(app);
  await owner.appKeys.deleteAppKey(app, key.id);
  expect(await refusal(named.apps.getApp(app))).toEqual(UNAUTHORIZED);
  expect(await refusal(signed.apps.getApp(app))).toEqual(UNAUTHORIZED);
});

test("an app's key sees its own app and nothing of the account", async ({ parlor, v2, app }) => {
  const other = await parlor.provision("Coffee & Co");
  const foreign = [
    v2.apps.getApp(other.appId),
    v2.users.createUser(other.appId, { externalId: "ann" }),
    v2.integrations.getIntegration(other.appId, other.integrationId),
    v2.webhooks.listWebhooks(other.appId, other.integrationId),
    // By its own app's path, as if the thing were its own.
    v2.integrations.getIntegration(app, other.integrationId),
  ];
  for (const { status } of await Promise.all(foreign.map(refusal))) expect([401, 403, 404]).toContain(status);
  const ofTheAccount = [
    v2.apps.createApp({ displayName: "Mine" }),
    v2.apps.listApps({}),
    v2.apps.deleteApp(app),
    v2.appKeys.createAppKey(app, { displayName: "Mine" }),
    v2.appKeys.listAppKeys(app),
    v2.appKeys.getAppKey(app, `app_${NOBODY}`),
    v2.appKeys.deleteAppKey(app, `app_${NOBODY}`),
  ];
  for (const refused of await Promise.all(ofTheAccount.map(refusal))) expect(refused).toEqual(FORBIDDEN);
});

test("an integration's key converses and leaves the settings alone", async ({ parlor, v2, app, shop, hooks }) => {
  const made = await v2.integrations.createIntegration(app, {
    type: "custom",
    displayName: "Bot",
    webhooks: [{ target: hooks.url, triggers: ["conversation:message"] }],
  });
  const { key } = await v2.integrationKeys.createCustomIntegrationKey(app, made.integration.id, { displayName: "Bot" });
  expect(key.id).toMatch(/^int_[0-9a-f]{24}$/);
  const bot = new V2(parlor.url, { key });

  const { user, conversation } = await userInConversation(bot, app, "ann");
  await bot.messages.postMessage(app, conversation.id, says("I am a bot"));
  await bot.activities.postActivity(app, conversation.id, { author: { type: "business" }, type: "typing:start" });
  await bot.participants.listParticipants(app, conversation.id);
  await bot.clients.listClients(app, user.id);
  await bot.devices.listDevices(app, user.id);
  await bot.attachments.uploadAttachment(app, "public", Buffer.from("a receipt"), {});
  const { webhooks } = await bot.webhooks.listWebhooks(app, made.integration.id);
  expect(webhooks).toMatchObject([{ id: expect.stringMatching(ID), target: hooks.url }]);

  const forbidden = [
    bot.apps.getApp(app),
    bot.apps.updateApp(app, { displayName: "Taken over" }),
    bot.apps.listApps({}),
    bot.appKeys.listAppKeys(app),
    bot.integrations.listIntegrations(app, {}),
    bot.integrations.getIntegration(app, made.integration.id),
    bot.integrations.deleteIntegration(app, made.integration.id),
    bot.integrationKeys.listCustomIntegrationKeys(app, made.integration.id),
    bot.switchboards.createSwitchboard(app),
    bot.switchboards.listSwitchboards(app),
    bot.webhooks.listWebhooks(app, shop.integrationId),
  ];
  for (const refused of await Promise.all(forbidden.map(refusal))) expect(refused).toEqual(FORBIDDEN);
});

test("the webhooks of an integration are not the account's business", async ({ v2, owner, app, hooks }) => {
  const webhooks = [{ target: hooks.url, triggers: ["conversation:message"] }];
  const { integration } = await v2.integrations.createIntegration(app, { type: "custom", webhooks });
  expect(await refusal(owner.webhooks.listWebhooks(app, integration.id))).toEqual(FORBIDDEN);
  expect((await v2.webhooks.listWebhooks(app, integration.id)).webhooks).toHaveLength(1);
});
