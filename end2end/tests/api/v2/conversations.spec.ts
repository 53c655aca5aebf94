/** Conversations and who takes part in them, through the v2 client. */
import { expect, ID, NOBODY, refusal, says, test, TIME, userInConversation } from "../../../support/api.ts";
import { authorization } from "../../../support/clients.ts";

const BAD_REQUEST = { status: 400, code: "bad_request" };
const NOT_FOUND = { status: 404, code: "conversation_not_found" };

test("a personal conversation is made, read and changed", async ({ v2, app }) => {
  await v2.users.createUser(app, { externalId: "ann" });
  const made = await v2.conversations.createConversationWithHttpInfo(app, {
    type: "personal",
    participants: [{ userExternalId: "ann", subscribeSDKClient: false }],
    displayName: "Order 4711",
    description: "Where is it?",
    iconUrl: "https://example.org/box.png",
    metadata: { order: 4711 },
  });
  expect(made.response.status).toBe(201);
  const { conversation } = made.data;
  expect(conversation).toMatchObject({
    id: expect.stringMatching(ID),
    type: "personal",
    isDefault: true,
    displayName: "Order 4711",
    description: "Where is it?",
    iconUrl: "https://example.org/box.png",
    metadata: { order: 4711 },
    lastUpdatedAt: expect.stringMatching(TIME),
    createdAt: expect.stringMatching(TIME),
  });
  expect((await v2.conversations.getConversation(app, conversation.id)).conversation).toEqual(conversation);

  const changed = await v2.conversations.updateConversation(app, conversation.id, { description: "Arrived" });
  expect(changed.conversation).toMatchObject({ displayName: "Order 4711", description: "Arrived", metadata: { order: 4711 } });
  await v2.conversations.updateConversation(app, conversation.id, { displayName: null, metadata: null });
  const { response } = await v2.conversations.getConversationWithHttpInfo(app, conversation.id);
  expect(response.body.conversation.displayName ?? null).toBeNull();
  expect(response.body.conversation.metadata ?? {}).toEqual({});
  expect(response.body.conversation.description).toBe("Arrived");
});

test("a user has several conversations, of which the first cannot go", async ({ v2, app }) => {
  const { user, conversation } = await userInConversation(v2, app, "ann");
  const body = { type: "personal", participants: [{ userId: user.id }] };
  const other = (await v2.conversations.createConversation(app, body)).conversation;
  expect([conversation.isDefault, other.isDefault]).toEqual([true, false]);

  expect(await refusal(v2.conversations.deleteConversation(app, conversation.id))).toEqual(BAD_REQUEST);
  const gone = await v2.conversations.deleteConversationWithHttpInfo(app, other.id);
  expect([gone.response.status, gone.response.body]).toEqual([200, {}]);
  expect(await refusal(v2.conversations.getConversation(app, other.id))).toEqual(NOT_FOUND);
  expect(await refusal(v2.messages.listMessages(app, other.id, {}))).toEqual(NOT_FOUND);
});

test("an app may hold its users to one conversation, until it allows several", async ({ owner }) => {
  const { app } = await owner.apps.createApp({ displayName: "Tea", settings: { multiConvoEnabled: false } });
  const { user } = await userInConversation(owner, app.id, "ann");
  const body = { type: "personal", participants: [{ userId: user.id }] };
  expect(await refusal(owner.conversations.createConversation(app.id, body))).toEqual(BAD_REQUEST);
  for (const multiConvoEnabled of [true, false]) {
    await owner.apps.updateApp(app.id, { settings: { multiConvoEnabled } }).catch(() => undefined);
    expect((await owner.apps.getApp(app.id)).app.settings.multiConvoEnabled).toBe(true);
  }
  expect((await owner.conversations.createConversation(app.id, body)).conversation.isDefault).toBe(false);
});

test("of many made at once exactly one is the default", async ({ v2, app }) => {
  const { user } = await v2.users.createUser(app, { externalId: "ann" });
  const body = { type: "personal", participants: [{ userId: user.id }] };
  const made = await Promise.all(Array.from({ length: 8 }, () => v2.conversations.createConversation(app, body)));
  expect(made.filter(({ conversation }) => conversation.isDefault)).toHaveLength(1);
});

test("more than a page of conversations is walked to both ends", async ({ v2, app, appKey, parlor }) => {
  const { user } = await v2.users.createUser(app, { externalId: "an/n" });
  const made: string[] = [];
  for (let number = 1; number <= 27; number++) {
    const body = { type: "personal", participants: [{ userId: user.id }], displayName: `Order ${number}` };
    made.push((await v2.conversations.createConversation(app, body)).conversation.id);
  }
  // Only the first key of each object is sent: the size stays 25.
  const first = await v2.conversations.listConversations(app, { userId: user.id }, { page: { size: 25, after: "x" } });
  expect(first.conversations).toHaveLength(25);
  expect(first.meta).toMatchObject({ hasMore: true, afterCursor: first.conversations.at(-1).id });
  expect(first.meta.beforeCursor ?? null).toBeNull();
  expect(first.links.prev ?? null).toBeNull();
  expect(first.links.next).toContain(`${parlor.url}/v2/apps/${app}/conversations?`);

  const page = { after: first.meta.afterCursor };
  const second = await v2.conversations.listConversations(app, { userExternalId: "an/n" }, { page });
  expect(second.conversations).toHaveLength(2);
  expect(second.meta).toMatchObject({ hasMore: false, beforeCursor: second.conversations[0].id });
  expect(second.meta.afterCursor ?? null).toBeNull();
  const seen = [...first.conversations, ...second.conversations].map(({ id }) => id);
  expect(new Set(seen)).toEqual(new Set(made));

  const back = { before: second.meta.beforeCursor };
  const again = await v2.conversations.listConversations(app, { userId: user.id }, { page: back });
  expect(again.conversations.map(({ id }: { id: string }) => id)).toEqual(seen.slice(0, 25));

  // The addresses given out lead to the same pages.
  const followed = await fetch(first.links.next, { headers: authorization(appKey) });
  const { conversations } = (await followed.json()) as { conversations: { id: string }[] };
  expect(conversations.map(({ id }) => id)).toEqual(seen.slice(25));
});

test("a list without anything in it is empty, not null", async ({ v2, app }) => {
  await v2.users.createUser(app, { externalId: "ann" });
  const listed = await v2.conversations.listConversationsWithHttpInfo(app, { userExternalId: "ann" }, {});
  expect(listed.response.body).toMatchObject({ conversations: [], meta: { hasMore: false } });
  expect(listed.data.conversations).toEqual([]);
  const group = await v2.conversations.createConversation(app, { type: "sdkGroup" });
  expect((await v2.participants.listParticipants(app, group.conversation.id, {})).participants).toEqual([]);
  expect((await v2.messages.listMessages(app, group.conversation.id, {})).messages).toEqual([]);
  expect((await v2.switchboards.listSwitchboards(app)).switchboards).toEqual([]);
  expect((await v2.integrations.listIntegrations(app, { filter: { types: "custom" } })).integrations).toEqual([]);
});

test("a list needs to know whose it is", async ({ v2, app }) => {
  await v2.users.createUser(app, { externalId: "ann" });
  expect(await refusal(v2.conversations.listConversations(app, {}, {}))).toEqual(BAD_REQUEST);
  const nobody = { status: 404, code: "user_not_found" };
  expect(await refusal(v2.conversations.listConversations(app, { userId: NOBODY }, {}))).toEqual(nobody);
  expect(await refusal(v2.conversations.listConversations(app, { userExternalId: "x" }, {}))).toEqual(nobody);
  for (const page of [{ size: 0 }, { size: 101 }, { size: "many" }, { after: "short" }]) {
    const listed = v2.conversations.listConversations(app, { userExternalId: "ann" }, { page });
    expect(await refusal(listed), JSON.stringify(page)).toEqual(BAD_REQUEST);
  }
  const unknown = v2.conversations.listConversations(app, { userExternalId: "ann" }, { page: { after: NOBODY } });
  expect([400, 404]).toContain((await refusal(unknown)).status);
});

test("a wrong conversation is refused", async ({ v2, app }) => {
  await v2.users.createUser(app, { externalId: "ann" });
  const ann = { userExternalId: "ann" };
  const eleven = Array.from({ length: 11 }, (_, number) => ({ userExternalId: `user ${number}`, subscribeSDKClient: false }));
  const wrong = [
    {},
    { type: "public" },
    { type: "personal" },
    { type: "personal", participants: [] },
    { type: "personal", participants: [ann, ann] },
    { type: "personal", participants: [{ userId: NOBODY, ...ann }] },
    { type: "sdkGroup", participants: eleven },
    { type: "personal", participants: [ann], displayName: "" },
    { type: "personal", participants: [ann], displayName: "x".repeat(101) },
    { type: "personal", participants: [ann], iconUrl: "box.png" },
    { type: "personal", participants: [ann], metadata: { nested: {} } },
  ];
  for (const body of wrong) {
    const refused = await refusal(v2.conversations.createConversation(app, body));
    expect(refused, JSON.stringify(body).slice(0, 80)).toEqual(BAD_REQUEST);
  }
  const nobody = { type: "personal", participants: [{ userId: NOBODY }] };
  expect(await refusal(v2.conversations.createConversation(app, nobody))).toEqual({ status: 404, code: "user_not_found" });
  expect((await v2.conversations.listConversations(app, ann, {})).conversations).toEqual([]);
});

test("a group gains and loses its people", async ({ v2, app }) => {
  const ann = (await v2.users.createUser(app, { externalId: "ann" })).user;
  const bob = (await v2.users.createUser(app, { externalId: "bob" })).user;
  const { conversation } = await v2.conversations.createConversation(app, {
    type: "sdkGroup",
    participants: [{ userId: ann.id, subscribeSDKClient: true }],
  });
  expect(conversation).toMatchObject({ type: "sdkGroup", isDefault: false });
  const { clients } = await v2.clients.listClients(app, "ann", {});
  expect(clients).toMatchObject([{ id: expect.stringMatching(ID), type: "sdk" }]);

  const joined = await v2.participants.joinConversationWithHttpInfo(app, conversation.id, {
    userExternalId: "bob",
    subscribeSDKClient: false,
  });
  expect(joined.response.status).toBe(201);
  expect(joined.data.participant).toMatchObject({
    id: expect.stringMatching(ID),
    userId: bob.id,
    userExternalId: "bob",
    unreadCount: 0,
  });
  await v2.participants.joinConversation(app, conversation.id, { userId: bob.id, subscribeSDKClient: false });

  const people = async () => (await v2.participants.listParticipants(app, conversation.id, {})).participants;
  const both = await people();
  expect(both.map(({ userId }: { userId: string }) => userId).sort()).toEqual([ann.id, bob.id].sort());
  const first = both.find(({ userId }: { userId: string }) => userId === ann.id);
  expect(first.clientAssociations).toMatchObject([{ type: "sdk", clientId: clients[0].id }]);

  await v2.messages.postMessage(app, conversation.id, says("Hello, Ann", bob.id));
  await v2.messages.postMessage(app, conversation.id, says("Hello, both of you"));
  const unread = Object.fromEntries((await people()).map((one: any) => [one.userExternalId, one.unreadCount]));
  expect(unread).toEqual({ ann: 2, bob: 1 });

  const left = await v2.participants.leaveConversationWithHttpInfo(app, conversation.id, { userExternalId: "bob" });
  expect([left.response.status, left.response.body]).toEqual([200, {}]);
  const again = v2.participants.leaveConversation(app, conversation.id, { userId: bob.id });
  expect(await refusal(again)).toEqual({ status: 404, code: "not_found" });
  await v2.participants.leaveConversation(app, conversation.id, { participantId: first.id });
  expect(await people()).toEqual([]);
  expect((await v2.conversations.listConversations(app, { userId: ann.id }, {})).conversations).toEqual([]);
});

test("a group has ten people at most, and a personal conversation stays with its one", async ({ v2, app }) => {
  const participants = [];
  for (let number = 1; number <= 10; number++) {
    const { user } = await v2.users.createUser(app, { externalId: `user ${number}` });
    participants.push({ userId: user.id, subscribeSDKClient: false });
  }
  await v2.users.createUser(app, { externalId: "late" });
  const { conversation } = await v2.conversations.createConversation(app, { type: "sdkGroup", participants });
  const late = { userExternalId: "late", subscribeSDKClient: false };
  expect(await refusal(v2.participants.joinConversation(app, conversation.id, late))).toEqual(BAD_REQUEST);
  expect((await v2.participants.listParticipants(app, conversation.id, {})).participants).toHaveLength(10);

  const page = await v2.participants.listParticipants(app, conversation.id, { page: { size: 4 } });
  expect(page.participants).toHaveLength(4);
  expect(page.meta.hasMore).toBe(true);

  const personal = await userInConversation(v2, app, "ann");
  expect(await refusal(v2.participants.joinConversation(app, personal.conversation.id, late))).toEqual(BAD_REQUEST);
  expect(await refusal(v2.participants.joinConversation(app, NOBODY, late))).toEqual(NOT_FOUND);
  const nobody = v2.participants.joinConversation(app, conversation.id, { userId: NOBODY, subscribeSDKClient: false });
  expect((await refusal(nobody)).status).toBe(404);
});

test("a deleted user leaves its groups", async ({ v2, app }) => {
  const { user } = await v2.users.createUser(app, { externalId: "ann" });
  const { conversation } = await v2.conversations.createConversation(app, {
    type: "sdkGroup",
    participants: [{ userId: user.id, subscribeSDKClient: true }],
  });
  await v2.users.deleteUser(app, "ann");
  expect((await v2.participants.listParticipants(app, conversation.id, {})).participants).toEqual([]);
});

test("a channel's own files cannot be fetched, and that is said", async ({ v2, app }) => {
  const { user, conversation } = await userInConversation(v2, app, "ann");
  const body = { userId: user.id, apple: { interactiveDataRef: { url: "u", bid: "b", key: "k", owner: "o", signature: "s" } } };
  expect((await refusal(v2.conversations.downloadMessageRef(app, conversation.id, body))).status).toBeLessThan(500);
});
