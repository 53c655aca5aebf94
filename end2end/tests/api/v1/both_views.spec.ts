/** One store, seen by both versions at once. */
import { expect, says, test } from "../../../support/api.ts";

test("what is written through one version is read and told through the other", async ({ v1, v2, app, hooks }) => {
  const triggers = ["conversation:message", "conversation:create"];
  const webhooks = [{ target: hooks.at("/v2"), triggers }];
  await v2.integrations.createIntegration(app, { type: "custom", webhooks });
  await v1.webhooks.create({ target: hooks.at("/v1"), triggers: ["message"] });

  const { appUser } = await v1.appUsers.create({ appUser: { userId: "ann", givenName: "Ann", properties: { vip: true } } });
  const { user } = await v2.users.getUser(app, "ann");
  expect(user).toMatchObject({ id: appUser._id, externalId: "ann", profile: { givenName: "Ann" }, metadata: { vip: true } });
  await v2.users.updateUser(app, "ann", { profile: { surname: "Müller" }, metadata: { orders: 3 } });
  expect((await v1.appUsers.get("ann")).appUser).toMatchObject({
    surname: "Müller",
    properties: { vip: true, orders: 3 },
  });

  const older = await v1.appUsers.sendMessage("ann", {
    role: "appMaker",
    type: "text",
    text: "From the older",
    name: "Bob",
    actions: [{ type: "postback", text: "Buy", payload: "BUY" }],
  });
  const { conversations } = await v2.conversations.listConversations(app, { userId: user.id }, {});
  expect(conversations).toMatchObject([{ id: older.conversation._id, type: "personal", isDefault: true }]);
  const listed = (await v2.messages.listMessages(app, conversations[0].id, {})).messages;
  expect(listed).toMatchObject([
    {
      id: older.message._id,
      author: { type: "business", displayName: "Bob" },
      content: { type: "text", text: "From the older", actions: [{ type: "postback", text: "Buy", payload: "BUY" }] },
    },
  ]);
  expect(Date.parse(listed[0].received) / 1000).toBeCloseTo(older.message.received, 3);

  const [newer] = (await v2.messages.postMessage(app, conversations[0].id, says("From the newer", user.id))).messages;
  const { messages } = await v1.appUsers.getMessages("ann");
  expect(messages).toMatchObject([
    { _id: older.message._id },
    { _id: newer.id, role: "appUser", authorId: user.id, name: "Ann Müller", text: "From the newer", type: "text" },
  ]);

  for (const text of ["From the older", "From the newer"]) {
    await hooks.message(text);
    await hooks.call(text, ({ path, json }) => path === "/v1" && json.messages[0].text === text);
  }
});

test("the older version knows the default conversation only", async ({ v1, v2, app, hooks }) => {
  await v1.webhooks.create({ target: hooks.url, triggers: ["message"] });
  const { user } = await v2.users.createUser(app, { externalId: "ann" });
  const body = { type: "personal", participants: [{ userId: user.id }] };
  const first = (await v2.conversations.createConversation(app, body)).conversation;
  const second = (await v2.conversations.createConversation(app, body)).conversation;
  await v2.messages.postMessage(app, second.id, says("Elsewhere"));
  await v2.messages.postMessage(app, first.id, says("Here"));
  await hooks.told("message:appMaker", ({ messages }) => messages[0].text === "Here");
  expect(hooks.calls).toHaveLength(1);
  expect((await v1.appUsers.getMessages("ann")).messages).toMatchObject([{ text: "Here" }]);
});
