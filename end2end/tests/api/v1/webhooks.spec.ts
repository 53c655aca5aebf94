/** Webhooks of the app, made through the v1.1 client and heard by a server of the business. */
import { expect, ID, NOBODY, refusalV1, test } from "../../../support/api.ts";
import type { SmoochCore } from "../../../support/clients.ts";

const NOT_FOUND = { status: 404, code: "not_found" };

async function says(v1: SmoochCore, role: "appUser" | "appMaker", text: string): Promise<any> {
  return (await v1.appUsers.sendMessage("ann", { role, type: "text", text })).message;
}

test.beforeEach(async ({ v1 }) => {
  await v1.appUsers.create({ appUser: { userId: "ann", givenName: "Ann", properties: { vip: true } } });
});

test("a webhook is made, read, listed, changed and deleted", async ({ v1, hooks }) => {
  expect((await v1.webhooks.list()).webhooks).toEqual([]);
  const { webhook } = await v1.webhooks.create({ target: hooks.url });
  expect(webhook).toMatchObject({
    _id: expect.stringMatching(ID),
    target: hooks.url,
    triggers: ["message"],
    secret: expect.stringMatching(/^.{20,}$/),
    version: "v1.1",
  });
  expect((await v1.webhooks.get(webhook._id)).webhook).toEqual(webhook);
  expect((await v1.webhooks.list()).webhooks).toEqual([webhook]);
  const changed = await v1.webhooks.update(webhook._id, { triggers: ["postback", "conversation:read"] });
  expect(changed.webhook).toMatchObject({ _id: webhook._id, target: hooks.url, secret: webhook.secret });
  expect([...changed.webhook.triggers].sort()).toEqual(["conversation:read", "postback"]);
  expect(await v1.webhooks.delete(webhook._id)).toEqual({});
  for (const id of [webhook._id, NOBODY]) {
    expect(await refusalV1(v1.webhooks.get(id))).toEqual(NOT_FOUND);
    expect(await refusalV1(v1.webhooks.delete(id))).toEqual(NOT_FOUND);
    expect(await refusalV1(v1.webhooks.update(id, { triggers: ["message"] }))).toEqual(NOT_FOUND);
  }
});

test("webhooks of the older version and of the newer are two lists", async ({ v1, v2, app, hooks }) => {
  const webhooks = [{ target: hooks.url, triggers: ["conversation:message"] }];
  const { integration } = await v2.integrations.createIntegration(app, { type: "custom", webhooks });
  const { webhook } = await v1.webhooks.create({ target: hooks.url });
  expect((await v1.webhooks.list()).webhooks).toHaveLength(1);
  const listed = await v2.webhooks.listWebhooks(app, integration.id);
  expect(listed.webhooks.map(({ id }: any) => id)).not.toContain(webhook._id);
});

test("the guide's first bot: it hears a user, and answers", async ({ v1, hooks }) => {
  const { webhook } = await v1.webhooks.create({ target: hooks.url, triggers: ["message:appUser"] });
  const asked = await says(v1, "appUser", "Do you have green tea?");
  const heard = await hooks.told("message:appUser");
  const { appUser } = await v1.appUsers.get("ann");
  expect(heard).toMatchObject({
    trigger: "message:appUser",
    version: "v1.1",
    app: { _id: expect.stringMatching(ID) },
    messages: [
      {
        _id: asked._id,
        text: "Do you have green tea?",
        role: "appUser",
        type: "text",
        authorId: appUser._id,
        name: "Ann",
        received: asked.received,
        source: { type: "api" },
      },
    ],
    appUser: { _id: appUser._id, userId: "ann", properties: { vip: true }, signedUpAt: appUser.signedUpAt, clients: [] },
    conversation: { _id: expect.stringMatching(ID) },
  });
  expect(hooks.calls[0]?.headers["x-api-key"]).toBe(webhook.secret);
  expect(hooks.calls[0]?.headers["content-type"]).toMatch(/^application\/json/);

  await v1.appUsers.sendMessage(heard.appUser._id, { role: "appMaker", type: "text", text: "Yes, three kinds" });
  const { messages } = await v1.appUsers.getMessages("ann");
  expect(messages.map(({ text }: any) => text)).toEqual(["Do you have green tea?", "Yes, three kinds"]);
  await says(v1, "appUser", "Good");
  await hooks.told("message:appUser", ({ messages }) => messages[0].text === "Good");
  expect(hooks.calls).toHaveLength(2);
});

test("each message is told by the name of who spoke", async ({ v1, hooks }) => {
  await v1.webhooks.create({ target: hooks.url, triggers: ["message"] });
  await says(v1, "appUser", "Hello?");
  await says(v1, "appMaker", "Hello!");
  await hooks.told("message:appMaker");
  expect(hooks.calls.map(({ json }) => json.trigger)).toEqual(["message:appUser", "message:appMaker"]);
});

test("a star stands for nearly everything", async ({ v1, hooks }) => {
  await v1.webhooks.create({ target: hooks.url, triggers: ["*"] });
  await says(v1, "appMaker", "Hello!");
  await hooks.told("message:appMaker");
  await v1.conversations.resetUnreadCount("ann");
  const read = await hooks.told("conversation:read");
  expect(read).toMatchObject({ appUser: { userId: "ann" }, timestamp: expect.any(Number), source: expect.anything() });
  await v1.appUsers.delete("ann");
  const gone = await hooks.told("appUser:delete");
  expect(gone).toMatchObject({ appUser: { userId: "ann" } });
});

test("a merge is told with who stays and who goes", async ({ v1, hooks }) => {
  await v1.webhooks.create({ target: hooks.url, triggers: ["merge:appUser"] });
  const surviving = (await v1.appUsers.get("ann")).appUser._id;
  const discarded = (await v1.appUsers.create({ appUser: { userId: "anonymous" } })).appUser._id;
  await v1.appUsers.mergeUsers({ surviving: { _id: surviving }, discarded: { _id: discarded } });
  const told = await hooks.told("merge:appUser");
  expect(told).toMatchObject({ surviving: { _id: surviving, userId: "ann" }, discarded: [{ _id: discarded }] });
});

test("a wrong webhook is refused", async ({ v1, hooks }) => {
  const bad = { status: 400, code: "bad_request" };
  expect(await refusalV1(v1.webhooks.create({ target: "http://" }))).toEqual(bad);
  const unknown = v1.webhooks.create({ target: hooks.url, triggers: ["nothing:known"] });
  expect(await refusalV1(unknown)).toEqual(bad);
  for (let count = 0; count < 10; count++) await v1.webhooks.create({ target: hooks.url });
  expect(await refusalV1(v1.webhooks.create({ target: hooks.url }))).toEqual(bad);
});
