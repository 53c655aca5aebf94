/** Messages of every kind, through the v2 client. */
import { expect, ID, NOBODY, refusal, says, test, TIME, userInConversation } from "../../../support/api.ts";
import { Sunshine } from "../../../support/clients.ts";
import { BIDI, NAME, SCRIPTS } from "../../../support/hostile.ts";

const BAD_REQUEST = { status: 400, code: "bad_request" };
const BUSINESS = { type: "business" };
const LINK = { type: "link", text: "Track it", uri: "https://example.org/track?order=4711&lang=de" };
const POSTBACK = { type: "postback", text: "Cancel", payload: "CANCEL 4711" };
const WEBVIEW = {
  type: "webview",
  text: "Choose a date",
  uri: "https://example.org/dates",
  fallback: "https://example.org/plain",
  size: "tall",
};
const BUY = { type: "buy", text: "Pay", amount: 1999, currency: "chf" };
const REPLY = { type: "reply", text: "Yes", payload: "YES", iconUrl: "https://example.org/yes.png" };
const WHERE = { type: "locationRequest", text: "Where are you?" };
const ITEM = {
  title: "Green tea",
  description: "100 g",
  mediaUrl: "https://example.org/green.png",
  mediaType: "image/png",
  altText: "A tin of green tea",
  size: "large",
  metadata: { sku: "g-100" },
  actions: [LINK, { ...POSTBACK, metadata: { sku: "g-100" } }],
};
const FIELDS = [
  { type: "text", name: "name", label: "Your name", placeholder: "Ann", minSize: 2, maxSize: 80 },
  { type: "email", name: "email", label: "Your address" },
  {
    type: "select",
    name: "cup",
    label: "Your cup",
    options: [
      { name: "s", label: "Small" },
      { name: "l", label: "Large" },
    ],
  },
];

/** Contents that come back as they were sent; the server may only add to them. */
const KEPT: Record<string, Record<string, unknown>> = {
  text: { type: "text", text: `  two\n\nlines ${BIDI} & <b>no markup</b>` },
  "text with buttons": { type: "text", text: "Your order", actions: [LINK, POSTBACK, WEBVIEW, BUY] },
  "text with replies": { type: "text", text: "More tea?", actions: [REPLY, WHERE] },
  "text of a clicked reply": { type: "text", text: "Yes", payload: "YES" },
  "buttons only": { type: "text", actions: [LINK] },
  image: { type: "image", mediaUrl: "https://example.org/cup.png", text: "A cup", altText: "Blue", actions: [LINK, REPLY] },
  file: { type: "file", mediaUrl: "https://example.org/terms.pdf", text: "Our terms", altText: "PDF" },
  carousel: {
    type: "carousel",
    items: [ITEM, { title: "Black tea", actions: [BUY] }],
    displaySettings: { imageAspectRatio: "square" },
  },
  list: { type: "list", items: [ITEM], actions: [LINK, POSTBACK] },
  location: {
    type: "location",
    coordinates: { lat: -22.932448, long: -43.18211 },
    location: { address: "Rua 1, Rio", name: "Our shop" },
  },
  form: { type: "form", fields: FIELDS, blockChatInput: true },
};

for (const [name, content] of Object.entries(KEPT)) {
  test(`${name} is kept as it was sent`, async ({ v2, app }) => {
    const { conversation } = await userInConversation(v2, app, "ann");
    const posted = await v2.messages.postMessageWithHttpInfo(app, conversation.id, { author: BUSINESS, content });
    expect(posted.response.status).toBe(201);
    const [message] = posted.response.body.messages;
    expect(posted.response.body.messages).toHaveLength(1);
    expect(message).toMatchObject({
      id: expect.stringMatching(ID),
      received: expect.stringMatching(TIME),
      author: BUSINESS,
      content,
      source: { type: "api:conversations" },
    });
    const listed = await v2.messages.listMessagesWithHttpInfo(app, conversation.id, {});
    expect(listed.response.body.messages).toEqual([message]);
    // The client's own models leave out a few keys of fields and actions.
    const { type, text, mediaUrl } = content;
    expect(listed.data.messages[0].content).toMatchObject(JSON.parse(JSON.stringify({ type, text, mediaUrl })));
  });
}

test("what cannot be shown as it is gets a text", async ({ v2, app }) => {
  const { conversation } = await userInConversation(v2, app, "ann");
  const text = async (name: string) => {
    const posted = await v2.messages.postMessage(app, conversation.id, { author: BUSINESS, content: KEPT[name] });
    return posted.messages[0].content.text;
  };
  expect(await text("carousel")).toMatch(/Green tea[^]*100 g[^]*Black tea/);
  expect(await text("list")).toMatch(/Green tea[^]*https:\/\/example\.org\/track/);
  expect(await text("location")).toMatch(/https:\/\/[^]*-22\.932448,\s*-43\.18211/);
});

test("a form is open, and says what it wants by default", async ({ v2, app }) => {
  const { conversation } = await userInConversation(v2, app, "ann");
  const content = { type: "form", fields: [{ type: "text", name: "name", label: "Your name" }] };
  const { messages } = await v2.messages.postMessage(app, conversation.id, { author: BUSINESS, content });
  expect(messages[0].content.submitted).toBe(false);
});

test("who speaks is shown by id, with a name", async ({ v2, app }) => {
  const { user, conversation } = await userInConversation(v2, app, "ann");
  const post = async (author: object) => {
    const body = { author, content: { type: "text", text: "Hello" } };
    return (await v2.messages.postMessage(app, conversation.id, body)).messages[0].author;
  };
  const nameless = await post({ type: "user", userExternalId: "ann" });
  expect(nameless).toMatchObject({ type: "user", userId: user.id, displayName: expect.stringMatching(/./) });
  expect(nameless.userExternalId).toBeUndefined();
  await v2.users.updateUser(app, "ann", { profile: { givenName: "Ann", surname: "Müller" } });
  expect(await post({ type: "user", userId: user.id })).toMatchObject({ userId: user.id, displayName: "Ann Müller" });
  const named = { type: "user", userId: user.id, displayName: "Annie", avatarUrl: "https://example.org/ann.png" };
  expect(await post(named)).toMatchObject(named);
  const agent = { type: "business", displayName: "Bob", avatarUrl: "https://example.org/bob.png", subtypes: ["AI"] };
  expect(await post(agent)).toMatchObject(agent);
  expect((await post(BUSINESS)).displayName ?? null).toBeNull();
});

test("a message made of the client's models, with metadata and a destination", async ({ v2, app, shop }) => {
  const { conversation } = await userInConversation(v2, app, "ann");
  const body = new Sunshine.MessagePost();
  Object.assign(body, {
    author: BUSINESS,
    content: { type: "text", text: "Just for you" },
    metadata: { campaign: "spring", step: 2, last: false },
    destination: { integrationId: shop.integrationId },
    override: { whatsapp: { payload: {} } },
  });
  const { messages } = await v2.messages.postMessage(app, conversation.id, body);
  expect(messages[0]).toMatchObject({ metadata: { campaign: "spring", step: 2, last: false } });
  const silent = { ...says("Kept, not shown"), destination: { integrationType: "none" } };
  await v2.messages.postMessage(app, conversation.id, silent);
  expect((await v2.messages.listMessages(app, conversation.id, {})).messages).toHaveLength(2);
});

test("any script passes unchanged", async ({ v2, app }) => {
  const { conversation } = await userInConversation(v2, app, "ann");
  const texts = [...SCRIPTS, NAME, "e\u0301 is not \u00e9", "a\u00a0b\u200bc", "\t tab\r\n", "👩‍👩‍👧‍👦".repeat(9), "ä".repeat(4096)];
  for (const text of texts) await v2.messages.postMessage(app, conversation.id, says(text));
  const { messages } = await v2.messages.listMessages(app, conversation.id, {});
  expect(messages.map(({ content }: any) => content.text)).toEqual(texts);
});

test("a wrong message is refused and not stored", async ({ v2, app }) => {
  const { user, conversation } = await userInConversation(v2, app, "ann");
  await v2.users.createUser(app, { externalId: "bob" });
  const text = { type: "text", text: "Hello" };
  const item = { title: "Tea", actions: [LINK] };
  const field = { type: "text", name: "name", label: "Name" };
  const contents = [
    { type: "text" },
    { type: "text", text: "x".repeat(4097) },
    { type: "text", text: 7 },
    { type: "song", text: "la" },
    { text: "no type" },
    { type: "image" },
    { type: "image", mediaUrl: "cup.png" },
    { type: "file" },
    { type: "carousel", items: [] },
    { type: "carousel", items: Array.from({ length: 11 }, () => item) },
    { type: "carousel", items: [{ actions: [LINK] }] },
    { type: "carousel", items: [{ title: "Tea" }] },
    { type: "carousel", items: [{ ...item, title: "x".repeat(129) }] },
    { type: "carousel", items: [{ ...item, actions: [REPLY] }] },
    { type: "carousel", items: [{ ...item, actions: [LINK, LINK, LINK, LINK] }] },
    { type: "carousel", items: [item], displaySettings: { imageAspectRatio: "round" } },
    { type: "list" },
    { type: "location" },
    { type: "location", coordinates: { lat: "north", long: 1 } },
    { type: "form", fields: [] },
    { type: "form", fields: [field, field] },
    { type: "form", fields: [{ ...field, type: "date" }] },
    { type: "form", fields: [{ ...field, label: undefined }] },
    { type: "text", text: "x", actions: [{ ...LINK, uri: undefined }] },
    { type: "text", text: "x", actions: [{ ...POSTBACK, payload: undefined }] },
    { type: "text", text: "x", actions: [{ ...WEBVIEW, fallback: undefined }] },
    { type: "text", text: "x", actions: [{ ...BUY, amount: "1.99" }] },
    { type: "text", text: "x", actions: [{ type: "share", text: "Share" }] },
  ];
  const bodies = [
    ...contents.map((content) => ({ author: BUSINESS, content })),
    {},
    { author: BUSINESS },
    { content: text },
    { author: {}, content: text },
    { author: { type: "robot" }, content: text },
    { author: { type: "user" }, content: text },
    { author: BUSINESS, content: text, metadata: { nested: {} } },
    { author: BUSINESS, content: text, metadata: { big: "x".repeat(5000) } },
  ];
  for (const body of bodies) {
    const refused = await refusal(v2.messages.postMessage(app, conversation.id, body));
    expect(refused, JSON.stringify(body).slice(0, 120)).toEqual(BAD_REQUEST);
  }
  const response = { author: { type: "user", userId: user.id }, content: { type: "formResponse", fields: [] } };
  expect([400, 403]).toContain((await refusal(v2.messages.postMessage(app, conversation.id, response))).status);
  for (const who of [{ userId: NOBODY }, { userExternalId: "bob" }]) {
    const body = { author: { type: "user", ...who }, content: text };
    const { status } = await refusal(v2.messages.postMessage(app, conversation.id, body));
    expect([400, 403, 404]).toContain(status);
  }
  const lost = v2.messages.postMessage(app, NOBODY, says("Hello?"));
  expect(await refusal(lost)).toEqual({ status: 404, code: "conversation_not_found" });
  expect((await v2.messages.listMessages(app, conversation.id, {})).messages).toEqual([]);
});

test("more than two pages of messages are walked back and forth", async ({ v2, app, parlor }) => {
  const { conversation } = await userInConversation(v2, app, "ann");
  const numbers = (page: any) => page.messages.map(({ content }: any) => Number(content.text));
  const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
  for (let number = 1; number <= 207; number++) {
    await v2.messages.postMessage(app, conversation.id, says(String(number)));
  }
  const newest = await v2.messages.listMessages(app, conversation.id, {});
  expect(numbers(newest)).toEqual(from(108, 207));
  expect(newest.meta).toMatchObject({ hasMore: true, beforeCursor: newest.messages[0].id });
  expect(newest.meta.afterCursor ?? null).toBeNull();
  expect(newest.links.next ?? null).toBeNull();
  expect(newest.links.prev).toContain(`${parlor.url}/v2/apps/${app}/conversations/${conversation.id}/messages?`);

  const middle = await v2.messages.listMessages(app, conversation.id, { page: { before: newest.meta.beforeCursor } });
  expect(numbers(middle)).toEqual(from(8, 107));
  expect(middle.meta.hasMore).toBe(true);
  const oldest = await v2.messages.listMessages(app, conversation.id, { page: { before: middle.meta.beforeCursor } });
  expect(numbers(oldest)).toEqual(from(1, 7));
  expect(oldest.meta.hasMore).toBe(false);
  expect(oldest.meta.beforeCursor ?? null).toBeNull();

  const forth = await v2.messages.listMessages(app, conversation.id, { page: { after: oldest.messages.at(-1).id } });
  expect(numbers(forth)).toEqual(from(8, 107));
  expect(forth.meta.hasMore).toBe(true);
  const end = await v2.messages.listMessages(app, conversation.id, { page: { after: forth.meta.afterCursor } });
  expect(numbers(end)).toEqual(from(108, 207));
  expect(end.meta.hasMore).toBe(false);

  const times = [...oldest.messages, ...middle.messages, ...newest.messages].map(({ received }) => received);
  expect(times).toEqual(times.toSorted());
  const last = (await v2.conversations.getConversation(app, conversation.id)).conversation.lastUpdatedAt;
  expect(last).toBe(times.at(-1));

  expect(numbers(await v2.messages.listMessages(app, conversation.id, { page: { size: 5 } }))).toHaveLength(100);
  const unknown = v2.messages.listMessages(app, conversation.id, { page: { before: NOBODY } });
  expect([400, 404]).toContain((await refusal(unknown)).status);
  expect(await refusal(v2.messages.listMessages(app, conversation.id, { page: { before: "x" } }))).toEqual(BAD_REQUEST);
});

test("messages sent at once are all there, in one order for everybody", async ({ v2, app }) => {
  const { conversation } = await userInConversation(v2, app, "ann");
  const texts = Array.from({ length: 20 }, (_, number) => `at once ${number}`);
  await Promise.all(texts.map((text) => v2.messages.postMessage(app, conversation.id, says(text))));
  const first = (await v2.messages.listMessages(app, conversation.id, {})).messages;
  const second = (await v2.messages.listMessages(app, conversation.id, {})).messages;
  expect(new Set(first.map(({ content }: any) => content.text))).toEqual(new Set(texts));
  expect(second).toEqual(first);
});

test("one message is deleted, then all of them", async ({ v2, app }) => {
  const { conversation } = await userInConversation(v2, app, "ann");
  const other = (await v2.conversations.createConversation(app, { type: "sdkGroup" })).conversation;
  const posted = [];
  for (const text of ["secret", "public"]) {
    posted.push((await v2.messages.postMessage(app, conversation.id, says(text))).messages[0]);
  }
  const lost = v2.messages.deleteMessage(app, other.id, posted[0].id);
  expect((await refusal(lost)).status).toBe(404);
  const gone = await v2.messages.deleteMessageWithHttpInfo(app, conversation.id, posted[0].id);
  expect([gone.response.status, gone.response.body]).toEqual([200, {}]);
  const { response } = await v2.messages.listMessagesWithHttpInfo(app, conversation.id, {});
  expect(JSON.stringify(response.body)).not.toContain("secret");
  expect(response.body.messages.at(-1).content.text).toBe("public");
  expect((await refusal(v2.messages.deleteMessage(app, conversation.id, NOBODY))).status).toBe(404);

  const all = await v2.messages.deleteAllMessagesWithHttpInfo(app, conversation.id);
  expect([all.response.status, all.response.body]).toEqual([200, {}]);
  const left = await v2.messages.listMessagesWithHttpInfo(app, conversation.id, {});
  expect(JSON.stringify(left.response.body)).not.toContain("public");
  await v2.messages.postMessage(app, conversation.id, says("fresh"));
  const { messages } = await v2.messages.listMessages(app, conversation.id, {});
  expect(messages.at(-1).content.text).toBe("fresh");
});
