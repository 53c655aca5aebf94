/** Webhooks: made through the v2 client, heard by a server of the business. */
import { Webhook } from "standardwebhooks";
import { expect, ID, NOBODY, refusal, says, test, TIME, userInConversation } from "../../../support/api.ts";
import type { V2 } from "../../../support/clients.ts";
import { HookReceiver } from "../../../support/hook_receiver.ts";

const BAD_REQUEST = { status: 400, code: "bad_request" };
const NOT_FOUND = { status: 404, code: "not_found" };
const EVERYTHING = [
  "conversation:create",
  "conversation:join",
  "conversation:leave",
  "conversation:message",
  "conversation:message:delivery:channel",
  "conversation:message:delivery:failure",
  "conversation:message:delivery:user",
  "conversation:postback",
  "conversation:read",
  "conversation:referral",
  "conversation:remove",
  "conversation:typing",
  "client:add",
  "client:remove",
  "client:update",
  "switchboard:acceptControl",
  "switchboard:acceptControl:failure",
  "switchboard:offerControl",
  "switchboard:offerControl:failure",
  "switchboard:passControl",
  "switchboard:passControl:failure",
  "user:merge",
  "user:update",
];

/** A custom integration that is called at `hooks` for those triggers, and its webhook. */
async function subscribed(v2: V2, app: string, hooks: HookReceiver, triggers: string[], more: object = {}) {
  const webhooks = [{ target: hooks.url, triggers, ...more }];
  const { integration } = await v2.integrations.createIntegration(app, { type: "custom", displayName: "Bot", webhooks });
  const listed = await v2.webhooks.listWebhooks(app, integration.id);
  return { integration, webhook: listed.webhooks[0] };
}

test("a webhook is made, read, listed, changed and deleted", async ({ v2, app, hooks }) => {
  const { integration } = await subscribed(v2, app, hooks, ["conversation:read"]);
  const made = await v2.webhooks.createWebhookWithHttpInfo(app, integration.id, {
    target: hooks.at("/second"),
    triggers: EVERYTHING,
    includeFullUser: true,
  });
  expect(made.response.status).toBe(201);
  const { webhook } = made.response.body;
  expect(webhook).toMatchObject({
    id: expect.stringMatching(ID),
    version: "v2",
    target: hooks.at("/second"),
    secret: expect.stringMatching(/^.{20,}$/),
    includeFullUser: true,
    includeFullSource: false,
  });
  expect(new Set(webhook.triggers)).toEqual(new Set(EVERYTHING));
  const read = await v2.webhooks.getWebhookWithHttpInfo(app, integration.id, webhook.id);
  expect(read.response.body.webhook).toEqual(webhook);
  const { webhooks } = await v2.webhooks.listWebhooks(app, integration.id);
  expect(webhooks.map(({ target }: { target: string }) => target).sort()).toEqual([hooks.url, hooks.at("/second")]);

  const change = { triggers: ["conversation:message"], includeFullSource: true };
  const changed = await v2.webhooks.updateWebhookWithHttpInfo(app, integration.id, webhook.id, change);
  expect(changed.response.body.webhook).toEqual({ ...webhook, ...change });

  const gone = await v2.webhooks.deleteWebhookWithHttpInfo(app, integration.id, webhook.id);
  expect([gone.response.status, gone.response.body]).toEqual([200, {}]);
  for (const id of [webhook.id, NOBODY]) {
    expect(await refusal(v2.webhooks.getWebhook(app, integration.id, id))).toEqual(NOT_FOUND);
    expect(await refusal(v2.webhooks.updateWebhook(app, integration.id, id, change))).toEqual(NOT_FOUND);
    expect(await refusal(v2.webhooks.deleteWebhook(app, integration.id, id))).toEqual(NOT_FOUND);
  }
});

test("a wrong webhook is refused", async ({ v2, app, shop, hooks }) => {
  const { integration, webhook } = await subscribed(v2, app, hooks, ["conversation:read"]);
  const good = { target: hooks.url, triggers: ["conversation:message"] };
  const wrong = [
    {},
    { target: hooks.url },
    { triggers: good.triggers },
    { ...good, target: "nowhere" },
    { ...good, target: "javascript:alert(1)" },
    { ...good, triggers: "conversation:message" },
    { ...good, triggers: ["conversation:message", "nothing:known"] },
    { ...good, triggers: ["*"] },
    { ...good, includeFullUser: "yes" },
  ];
  for (const body of wrong) {
    const refused = await refusal(v2.webhooks.createWebhook(app, integration.id, body));
    expect(refused, JSON.stringify(body)).toEqual(BAD_REQUEST);
  }
  const change = { target: "nowhere" };
  expect(await refusal(v2.webhooks.updateWebhook(app, integration.id, webhook.id, change))).toEqual(BAD_REQUEST);
  expect(await refusal(v2.webhooks.createWebhook(app, NOBODY, good))).toMatchObject({ status: 404 });
  const { status } = await refusal(v2.webhooks.createWebhook(app, shop.integrationId, good));
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
});

test("an app has ten webhooks at most", async ({ v2, app, hooks }) => {
  const { integration } = await subscribed(v2, app, hooks, ["conversation:read"]);
  const body = { target: hooks.url, triggers: ["conversation:message"] };
  for (let count = 1; count < 10; count++) await v2.webhooks.createWebhook(app, integration.id, body);
  expect(await refusal(v2.webhooks.createWebhook(app, integration.id, body))).toEqual(BAD_REQUEST);
});

test("what happens in a conversation is told, in its order", async ({ v2, app, hooks }) => {
  const { webhook } = await subscribed(v2, app, hooks, EVERYTHING);
  const { user } = await v2.users.createUser(app, { externalId: "ann", profile: { givenName: "Ann" } });
  const { conversation } = await v2.conversations.createConversation(app, {
    type: "personal",
    participants: [{ userId: user.id }],
    metadata: { order: 4711 },
  });
  const inShort = { id: conversation.id, type: "personal", metadata: { order: 4711 } };
  const created = await hooks.event("conversation:create");
  expect(created).toMatchObject({
    id: expect.stringMatching(ID),
    createdAt: expect.stringMatching(TIME),
    payload: {
      conversation: inShort,
      creationReason: "none",
      source: { type: "api:conversations" },
      user: { id: user.id, externalId: "ann" },
    },
  });
  expect(Object.keys(created.call.json).sort()).toEqual(["app", "events", "webhook"]);
  expect(created.call.json).toMatchObject({ app: { id: app }, webhook: { id: webhook.id, version: "v2" } });
  expect(created.call.headers).toMatchObject({ "x-api-key": webhook.secret });
  expect(created.call.headers["content-type"]).toMatch(/^application\/json/);

  const [asked] = (await v2.messages.postMessage(app, conversation.id, says("Where is it?", user.id))).messages;
  const heard = await hooks.message("Where is it?");
  expect(heard.payload).toMatchObject({
    conversation: inShort,
    message: {
      id: asked.id,
      received: asked.received,
      author: { type: "user", userId: user.id, user: { id: user.id, externalId: "ann" } },
      content: { type: "text", text: "Where is it?" },
      source: { type: "api:conversations" },
    },
  });
  expect(heard.payload.message.author.user).not.toHaveProperty("profile");

  const body = { author: { type: "business", displayName: "Bob" }, content: { type: "text", text: "On its way" } };
  await v2.messages.postMessage(app, conversation.id, { ...body, metadata: { step: 2 } });
  const own = await hooks.message("On its way");
  expect(own.payload.message).toMatchObject({ ...body, metadata: { step: 2 } });

  const read = { author: { type: "user", userId: user.id }, type: "conversation:read" };
  await v2.activities.postActivity(app, conversation.id, read);
  expect((await hooks.event("conversation:read")).payload).toMatchObject({
    conversation: inShort,
    activity: {
      type: "conversation:read",
      author: { type: "user", userId: user.id, user: { id: user.id } },
      source: { type: "api:conversations" },
    },
  });

  const types = hooks.events().map(({ type }) => type).filter((type) => !type.includes("delivery"));
  expect(types).toEqual(["conversation:create", "conversation:message", "conversation:message", "conversation:read"]);
  const ids = hooks.events().map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

test("the business's own reading and typing is not told", async ({ v2, app, hooks }) => {
  await subscribed(v2, app, hooks, EVERYTHING);
  const { conversation } = await userInConversation(v2, app, "ann");
  for (const type of ["typing:start", "typing:stop", "conversation:read"]) {
    await v2.activities.postActivity(app, conversation.id, { author: { type: "business" }, type });
  }
  await v2.messages.postMessage(app, conversation.id, says("after"));
  await hooks.message("after");
  expect(hooks.events("conversation:read")).toEqual([]);
  expect(hooks.events("conversation:typing")).toEqual([]);
});

test("who joins and leaves a group is told, and its end", async ({ v2, app, hooks }) => {
  await subscribed(v2, app, hooks, ["conversation:join", "conversation:leave", "conversation:remove"]);
  const { user } = await v2.users.createUser(app, { externalId: "ann" });
  const { conversation } = await v2.conversations.createConversation(app, { type: "sdkGroup" });
  await v2.participants.joinConversation(app, conversation.id, { userId: user.id, subscribeSDKClient: false });
  await v2.participants.leaveConversation(app, conversation.id, { userExternalId: "ann" });
  await v2.conversations.deleteConversation(app, conversation.id);
  const inShort = { id: conversation.id, type: "sdkGroup" };
  const ann = { id: user.id, externalId: "ann" };
  await hooks.event("conversation:remove");
  expect(hooks.events().map(({ type, payload }) => ({ type, payload }))).toMatchObject([
    { type: "conversation:join", payload: { conversation: inShort, user: ann } },
    { type: "conversation:leave", payload: { conversation: inShort, user: ann } },
    { type: "conversation:remove", payload: { conversation: inShort } },
  ]);
});

test("the whole user is told to who asked for it", async ({ v2, app, hooks }) => {
  await subscribed(v2, app, hooks, ["conversation:message"], { includeFullUser: true });
  const profile = { givenName: "Ann", email: "ann@example.org" };
  const { user } = await v2.users.createUser(app, { externalId: "ann", profile, metadata: { vip: true } });
  const body = { type: "personal", participants: [{ userId: user.id }] };
  const { conversation } = await v2.conversations.createConversation(app, body);
  await v2.messages.postMessage(app, conversation.id, says("It's me", user.id));
  expect((await hooks.message("It's me")).payload.message.author.user).toMatchObject({
    id: user.id,
    externalId: "ann",
    signedUpAt: user.signedUpAt,
    profile,
    metadata: { vip: true },
  });
});

test("a call is signed by the Standard Webhooks scheme", async ({ v2, app, hooks }) => {
  const { webhook } = await subscribed(v2, app, hooks, ["conversation:message"]);
  const { conversation } = await userInConversation(v2, app, "ann");
  await v2.messages.postMessage(app, conversation.id, says("Grüezi 🍵"));
  const { id, call } = await hooks.message("Grüezi 🍵");
  const headers = call.headers as Record<string, string>;
  expect(new Webhook(webhook.secret).verify(call.text, headers)).toEqual(call.json);
  expect(() => new Webhook(webhook.secret).verify(call.text.replace("Grüezi", "Adieu"), headers)).toThrow();
  expect(() => new Webhook(Buffer.from("another").toString("base64")).verify(call.text, headers)).toThrow();
  expect(headers["webhook-id"]).toBe(id);
});

test("only what was asked for is told, to each webhook its own", async ({ v2, app, hooks }) => {
  const others = await HookReceiver.listen();
  await subscribed(v2, app, hooks, ["conversation:read"]);
  await subscribed(v2, app, others, ["conversation:message"]);
  const { user, conversation } = await userInConversation(v2, app, "ann");
  await v2.messages.postMessage(app, conversation.id, says("Hello"));
  const read = { author: { type: "user", userId: user.id }, type: "conversation:read" };
  await v2.activities.postActivity(app, conversation.id, read);
  await v2.messages.postMessage(app, conversation.id, says("Still here?"));
  await others.message("Still here?");
  await hooks.event("conversation:read");
  expect(others.events().map(({ type }) => type)).toEqual(["conversation:message", "conversation:message"]);
  expect(hooks.events()).toHaveLength(1);
  await others.close();
});

test("an app hears nothing of another", async ({ v2, owner, app, parlor, hooks }) => {
  await subscribed(v2, app, hooks, ["conversation:message"]);
  const other = await parlor.provision("Coffee & Co");
  const foreign = await userInConversation(owner, other.appId, "ann");
  await owner.messages.postMessage(other.appId, foreign.conversation.id, says("Not for you"));
  const { conversation } = await userInConversation(v2, app, "ann");
  await v2.messages.postMessage(app, conversation.id, says("For you"));
  await hooks.message("For you");
  expect(hooks.events().map(({ payload }) => payload.message.content.text)).toEqual(["For you"]);
});

test("a change of target and triggers counts from then on, a deletion too", async ({ v2, app, hooks }) => {
  const { integration, webhook } = await subscribed(v2, app, hooks, ["conversation:message"]);
  const { conversation } = await userInConversation(v2, app, "ann");
  await v2.messages.postMessage(app, conversation.id, says("one"));
  expect((await hooks.message("one")).call.path).toBe("/hook");
  await v2.webhooks.updateWebhook(app, integration.id, webhook.id, { target: hooks.at("/moved") });
  await v2.messages.postMessage(app, conversation.id, says("two"));
  expect((await hooks.message("two")).call.path).toBe("/moved");

  const marker = { target: hooks.at("/marker"), triggers: ["conversation:message"] };
  await v2.webhooks.createWebhook(app, integration.id, marker);
  await v2.webhooks.deleteWebhook(app, integration.id, webhook.id);
  await v2.messages.postMessage(app, conversation.id, says("three"));
  expect((await hooks.message("three")).call.path).toBe("/marker");
  expect(hooks.calls.filter(({ path }) => path === "/moved")).toHaveLength(1);
});

for (const [why, reply] of [
  ["says 500", { status: 500, body: "Oops" }],
  ["says 429", { status: 429 }],
  ["redirects", { status: 302, headers: { location: "/elsewhere" } }],
  ["hangs up", "close"],
  ["answers no HTTP", "garbage"],
] as const) {
  test(`a receiver that ${why} is asked again, with the same event`, async ({ v2, app, hooks }) => {
    await subscribed(v2, app, hooks, ["conversation:message"]);
    const { conversation } = await userInConversation(v2, app, "ann");
    hooks.answer(reply, reply);
    await v2.messages.postMessage(app, conversation.id, says("first"));
    await v2.messages.postMessage(app, conversation.id, says("second"));
    await hooks.message("second");
    const heard = hooks.events().map(({ payload }) => payload.message.content.text);
    expect(heard).toEqual(["first", "first", "first", "second"]);
    expect(new Set(hooks.events().slice(0, 3).map(({ id }) => id)).size).toBe(1);
    expect(hooks.calls.every(({ path }) => path === "/hook")).toBe(true);
  });
}

for (const status of [400, 401, 403, 404, 406]) {
  test(`a receiver that says ${status} is not asked again`, async ({ v2, app, hooks }) => {
    await subscribed(v2, app, hooks, ["conversation:message"]);
    const { conversation } = await userInConversation(v2, app, "ann");
    hooks.answer({ status });
    await v2.messages.postMessage(app, conversation.id, says("unwanted"));
    await v2.messages.postMessage(app, conversation.id, says("wanted"));
    await hooks.message("wanted");
    expect(hooks.events().map(({ payload }) => payload.message.content.text)).toEqual(["unwanted", "wanted"]);
  });
}

test("a slow receiver delays neither the caller nor another receiver", async ({ v2, app, hooks }) => {
  const slow = await HookReceiver.listen();
  slow.answer({ status: 200, delay: 60_000 });
  await subscribed(v2, app, slow, ["conversation:message"]);
  await subscribed(v2, app, hooks, ["conversation:message"]);
  const { conversation } = await userInConversation(v2, app, "ann");
  await v2.messages.postMessage(app, conversation.id, says("Quick!"));
  await hooks.message("Quick!");
  await slow.close();
});

test("what was not delivered when the server was killed is delivered after", async ({ parlor, v2, app, hooks }) => {
  await subscribed(v2, app, hooks, ["conversation:message"]);
  const { conversation } = await userInConversation(v2, app, "ann");
  hooks.answer({ status: 503 });
  await v2.messages.postMessage(app, conversation.id, says("Remember me"));
  await hooks.several(1);
  await parlor.kill();
  await parlor.serve();
  const calls = await hooks.several(2);
  expect(new Set(calls.map(({ json }) => json.events[0].id)).size).toBe(1);
});
