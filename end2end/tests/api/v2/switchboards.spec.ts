/** Switchboards: several bots of one app that hand a conversation over, through the v2 client. */
import { expect, ID, NOBODY, refusal, says, test as base, userInConversation } from "../../../support/api.ts";
import { V2 } from "../../../support/clients.ts";
import { HookReceiver } from "../../../support/hook_receiver.ts";

const BAD_REQUEST = { status: 400, code: "bad_request" };
const FORBIDDEN = { status: 403, code: "forbidden" };
const EVENTS = [
  "conversation:message",
  "switchboard:passControl",
  "switchboard:passControl:failure",
  "switchboard:offerControl",
  "switchboard:offerControl:failure",
  "switchboard:acceptControl",
  "switchboard:acceptControl:failure",
];

/** A bot with an integration, a key and ears of its own. */
interface Bot {
  integrationId: string;
  client: V2;
  hooks: HookReceiver;
}

const test = base.extend<{ bot: (name: string) => Promise<Bot> }>({
  bot: async ({ parlor, v2, app }, use) => {
    const receivers: HookReceiver[] = [];
    await use(async (name) => {
      const hooks = await HookReceiver.listen();
      receivers.push(hooks);
      const body = { type: "custom", displayName: name, webhooks: [{ target: hooks.url, triggers: EVENTS }] };
      const { integration } = await v2.integrations.createIntegration(app, body);
      const { key } = await v2.integrationKeys.createCustomIntegrationKey(app, integration.id, { displayName: name });
      return { integrationId: integration.id, client: new V2(parlor.url, { key }), hooks };
    });
    for (const receiver of receivers) await receiver.close();
  },
});

test("a switchboard is made without a body, read, enabled and deleted", async ({ v2, app, bot }) => {
  const made = await v2.switchboards.createSwitchboardWithHttpInfo(app);
  expect(made.response.status).toBe(201);
  const { switchboard } = made.data;
  expect(switchboard).toMatchObject({ id: expect.stringMatching(ID), enabled: false });
  expect(await refusal(v2.switchboards.createSwitchboard(app))).toEqual(BAD_REQUEST);
  expect((await v2.switchboards.listSwitchboards(app)).switchboards).toEqual([switchboard]);
  const early = v2.switchboards.updateSwitchboard(app, switchboard.id, { enabled: true });
  expect([400, 404]).toContain((await refusal(early)).status);

  const sales = await bot("Sales");
  const seat = await v2.seats.createSwitchboardIntegrationWithHttpInfo(app, switchboard.id, {
    name: "sales",
    integrationId: sales.integrationId,
  });
  expect(seat.response.status).toBe(201);
  const { switchboardIntegration } = seat.data;
  expect(switchboardIntegration).toMatchObject({
    id: expect.stringMatching(ID),
    name: "sales",
    integrationId: sales.integrationId,
    integrationType: "custom",
    deliverStandbyEvents: true,
  });
  const change = { enabled: true, defaultSwitchboardIntegrationId: switchboardIntegration.id };
  const enabled = await v2.switchboards.updateSwitchboard(app, switchboard.id, change);
  expect(enabled.switchboard).toEqual({ id: switchboard.id, ...change });

  const used = v2.seats.deleteSwitchboardIntegration(app, switchboard.id, switchboardIntegration.id);
  expect((await refusal(used)).status).toBeLessThan(500);
  const gone = await v2.switchboards.deleteSwitchboardWithHttpInfo(app, switchboard.id);
  expect([gone.response.status, gone.response.body]).toEqual([200, {}]);
  const missing = { status: 404, code: "switchboard_not_found" };
  expect(await refusal(v2.switchboards.deleteSwitchboard(app, switchboard.id))).toEqual(missing);
  expect(await refusal(v2.switchboards.updateSwitchboard(app, NOBODY, { enabled: false }))).toEqual(missing);
  expect(await refusal(v2.seats.listSwitchboardIntegrations(app, NOBODY))).toEqual(missing);
});

test("seats are made, listed, changed and removed", async ({ v2, app, shop, bot }) => {
  const { switchboard } = await v2.switchboards.createSwitchboard(app);
  const [sales, support] = [await bot("Sales"), await bot("Support")];
  const seat = async (body: object) =>
    (await v2.seats.createSwitchboardIntegration(app, switchboard.id, body)).switchboardIntegration;
  const first = await seat({ name: "sales", integrationId: sales.integrationId });
  const second = await seat({
    name: "support",
    integrationId: support.integrationId,
    deliverStandbyEvents: false,
    nextSwitchboardIntegrationId: first.id,
    messageHistoryCount: 5,
  });
  expect(second).toMatchObject({
    deliverStandbyEvents: false,
    nextSwitchboardIntegrationId: first.id,
    messageHistoryCount: 5,
  });
  const listed = await v2.seats.listSwitchboardIntegrations(app, switchboard.id);
  expect(listed.switchboardIntegrations).toEqual([first, second]);

  const change = { name: "help", deliverStandbyEvents: true, messageHistoryCount: null };
  const changed = await v2.seats.updateSwitchboardIntegrationWithHttpInfo(app, switchboard.id, second.id, change);
  expect(changed.response.body.switchboardIntegration).toMatchObject({ name: "help", deliverStandbyEvents: true });
  expect(changed.response.body.switchboardIntegration.messageHistoryCount ?? null).toBeNull();

  const referred = v2.seats.deleteSwitchboardIntegration(app, switchboard.id, first.id);
  expect((await refusal(referred)).status).toBeLessThan(500);
  const gone = await v2.seats.deleteSwitchboardIntegrationWithHttpInfo(app, switchboard.id, second.id);
  expect([gone.response.status, gone.response.body]).toEqual([200, {}]);
  await v2.seats.deleteSwitchboardIntegration(app, switchboard.id, first.id);
  expect((await v2.seats.listSwitchboardIntegrations(app, switchboard.id)).switchboardIntegrations).toEqual([]);
  const missing = { status: 404, code: "switchboard_integration_not_found" };
  expect(await refusal(v2.seats.deleteSwitchboardIntegration(app, switchboard.id, first.id))).toEqual(missing);
  const lost = v2.seats.updateSwitchboardIntegration(app, switchboard.id, NOBODY, { name: "x" });
  expect(await refusal(lost)).toEqual(missing);

  const wrong = [
    {},
    { name: "sales" },
    { integrationId: sales.integrationId },
    { name: "sales and support", integrationId: sales.integrationId },
    { name: "x".repeat(129), integrationId: sales.integrationId },
    { name: "sales", integrationId: sales.integrationId, messageHistoryCount: 11 },
    { name: "sales", integrationId: sales.integrationId, messageHistoryCount: 0 },
    { name: "page", integrationId: shop.integrationId },
  ];
  for (const body of wrong) {
    const refused = await refusal(v2.seats.createSwitchboardIntegration(app, switchboard.id, body));
    expect([400, 404], JSON.stringify(body).slice(0, 80)).toContain(refused.status);
  }
});

test("two bots hand a conversation over and back", async ({ v2, app, bot }) => {
  const { switchboard } = await v2.switchboards.createSwitchboard(app);
  const [sales, support] = [await bot("Sales"), await bot("Support")];
  const seat = async (name: string, { integrationId }: Bot, more: object = {}) => {
    const body = { name, integrationId, deliverStandbyEvents: false, ...more };
    return (await v2.seats.createSwitchboardIntegration(app, switchboard.id, body)).switchboardIntegration;
  };
  const supportSeat = await seat("support", support);
  const salesSeat = await seat("sales", sales, { nextSwitchboardIntegrationId: supportSeat.id });
  const enabled = { enabled: true, defaultSwitchboardIntegrationId: salesSeat.id };
  await v2.switchboards.updateSwitchboard(app, switchboard.id, enabled);

  const { user, conversation } = await userInConversation(v2, app, "ann");
  const control = async () => {
    const now = (await v2.conversations.getConversation(app, conversation.id)).conversation;
    return [now.activeSwitchboardIntegration?.name, now.pendingSwitchboardIntegration?.name];
  };
  const inShort = { id: salesSeat.id, name: "sales", integrationId: sales.integrationId, integrationType: "custom" };
  const started = (await v2.conversations.getConversation(app, conversation.id)).conversation;
  expect(started.activeSwitchboardIntegration).toEqual(inShort);
  const asks = (text: string) => v2.messages.postMessage(app, conversation.id, says(text, user.id));

  await asks("I want to buy tea");
  await sales.hooks.message("I want to buy tea");
  const passed = await sales.client.control.passControlWithHttpInfo(app, conversation.id, {
    switchboardIntegration: "next",
    metadata: { reason: "complaint" },
  });
  expect([passed.response.status, passed.response.body]).toEqual([200, {}]);
  expect(await control()).toEqual(["support", undefined]);
  const told = await support.hooks.event("switchboard:passControl");
  expect(told.payload).toMatchObject({
    conversation: { id: conversation.id, activeSwitchboardIntegration: { id: supportSeat.id, name: "support" } },
    metadata: { reason: "complaint" },
  });
  // Who only stands by, and did not ask to be told, hears nothing.
  expect(support.hooks.events("conversation:message")).toEqual([]);
  await asks("It arrived cold");
  await support.hooks.message("It arrived cold");

  const offer = { switchboardIntegration: salesSeat.id, metadata: { offer: 1 } };
  expect((await support.client.control.offerControlWithHttpInfo(app, conversation.id, offer)).response.status).toBe(200);
  expect(await control()).toEqual(["support", "sales"]);
  const offered = await sales.hooks.event("switchboard:offerControl");
  expect(offered.payload.conversation).toMatchObject({
    activeSwitchboardIntegration: { name: "support" },
    pendingSwitchboardIntegration: { name: "sales" },
  });
  const grabbed = support.client.control.acceptControl(app, conversation.id, { metadata: {} });
  expect(await refusal(grabbed)).toEqual(FORBIDDEN);
  await sales.client.control.acceptControl(app, conversation.id, { metadata: { glad: true } });
  expect(await control()).toEqual(["sales", undefined]);
  const accepted = await sales.hooks.event("switchboard:acceptControl");
  expect(accepted.payload).toMatchObject({ metadata: { glad: true } });
  await asks("Something warm then");
  await sales.hooks.message("Something warm then");
  expect(support.hooks.events("conversation:message").map(({ payload }) => payload.message.content.text)).toEqual([
    "It arrived cold",
  ]);

  expect(await refusal(support.client.control.releaseControl(app, conversation.id))).toEqual(FORBIDDEN);
  const released = await sales.client.control.releaseControlWithHttpInfo(app, conversation.id);
  expect([released.response.status, released.response.body]).toEqual([200, {}]);
  expect(await control()).toEqual([undefined, undefined]);
});

test("who asked to stand by hears everything", async ({ v2, app, bot }) => {
  const { switchboard } = await v2.switchboards.createSwitchboard(app);
  const [sales, support] = [await bot("Sales"), await bot("Support")];
  const seats = [];
  for (const [name, { integrationId }] of [["sales", sales], ["support", support]] as const) {
    const made = await v2.seats.createSwitchboardIntegration(app, switchboard.id, { name, integrationId });
    seats.push(made.switchboardIntegration);
  }
  const enabled = { enabled: true, defaultSwitchboardIntegrationId: seats[0].id };
  await v2.switchboards.updateSwitchboard(app, switchboard.id, enabled);
  const { user, conversation } = await userInConversation(v2, app, "ann");
  await v2.messages.postMessage(app, conversation.id, says("To everybody", user.id));
  const heard = [await sales.hooks.message("To everybody"), await support.hooks.message("To everybody")];
  for (const { payload } of heard) {
    expect(payload.conversation.activeSwitchboardIntegration).toMatchObject({ name: "sales" });
  }

  await v2.control.passControl(app, conversation.id, { switchboardIntegration: "support" });
  await v2.switchboards.deleteSwitchboard(app, switchboard.id);
  const after = (await v2.conversations.getConversation(app, conversation.id)).conversation;
  expect(after.activeSwitchboardIntegration ?? null).toBeNull();
  await v2.messages.postMessage(app, conversation.id, says("Without a switchboard", user.id));
  for (const { hooks } of [sales, support]) await hooks.message("Without a switchboard");
});

test("control goes to nobody unknown", async ({ v2, app, bot }) => {
  const { switchboard } = await v2.switchboards.createSwitchboard(app);
  const { integrationId } = await bot("Sales");
  const made = await v2.seats.createSwitchboardIntegration(app, switchboard.id, { name: "sales", integrationId });
  const enabled = { enabled: true, defaultSwitchboardIntegrationId: made.switchboardIntegration.id };
  await v2.switchboards.updateSwitchboard(app, switchboard.id, enabled);
  const { conversation } = await userInConversation(v2, app, "ann");
  expect(await refusal(v2.control.passControl(app, conversation.id, {}))).toEqual(BAD_REQUEST);
  expect(await refusal(v2.control.offerControl(app, conversation.id, {}))).toEqual(BAD_REQUEST);
  for (const target of [NOBODY, "nobody"]) {
    const body = { switchboardIntegration: target };
    expect([400, 404]).toContain((await refusal(v2.control.passControl(app, conversation.id, body))).status);
    expect([400, 404]).toContain((await refusal(v2.control.offerControl(app, conversation.id, body))).status);
  }
  const lost = { status: 404, code: "conversation_not_found" };
  expect(await refusal(v2.control.passControl(app, NOBODY, { switchboardIntegration: "sales" }))).toEqual(lost);
  expect(await refusal(v2.control.releaseControl(app, NOBODY))).toEqual(lost);
});
