/** Messages of a user's conversation, through the v1.1 client. */
import { writeFile } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { expect, ID, NOBODY, refusalV1, test } from "../../../support/api.ts";
import { uploading } from "../../../support/clients.ts";
import { BIDI, SCRIPTS } from "../../../support/hostile.ts";
import { PIXEL } from "../../../support/pixel.ts";

const BAD_REQUEST = { status: 400, code: "bad_request" };
const LINK = { type: "link", text: "Track it", uri: "https://example.org/track?order=4711" };
const POSTBACK = { type: "postback", text: "Cancel", payload: "CANCEL 4711" };
const REPLY = { type: "reply", text: "Yes", payload: "YES" };
const ITEM = { title: "Green tea", description: "100 g", mediaUrl: "https://example.org/green.png", actions: [LINK, POSTBACK] };

test.beforeEach(async ({ v1 }) => {
  await v1.appUsers.create({ appUser: { userId: "ann", givenName: "Ann", surname: "Müller" } });
});

test("the business and the user speak", async ({ v1 }) => {
  const before = Date.now() / 1000 - 1;
  const first = await v1.appUsers.sendMessage("ann", {
    role: "appMaker",
    type: "text",
    text: "Hello!",
    name: "Bob",
    avatarUrl: "https://example.org/bob.png",
    metadata: { step: 1 },
  });
  expect(first.message).toMatchObject({
    _id: expect.stringMatching(ID),
    role: "appMaker",
    type: "text",
    text: "Hello!",
    name: "Bob",
    avatarUrl: "https://example.org/bob.png",
    metadata: { step: 1 },
    authorId: expect.stringMatching(/./),
    received: expect.any(Number),
    source: { type: "api" },
  });
  expect(first.message.received).toBeGreaterThan(before);
  expect(first.message.received).toBeLessThan(before + 600);
  expect(first.conversation).toMatchObject({ _id: expect.stringMatching(ID), unreadCount: 1 });

  const second = await v1.appUsers.sendMessage("ann", { role: "appUser", type: "text", text: "Hi" });
  const { appUser } = await v1.appUsers.get("ann");
  expect(second.message).toMatchObject({ role: "appUser", name: "Ann Müller", authorId: appUser._id });
  // Who answers has read.
  expect(second.conversation).toMatchObject({ _id: first.conversation._id, unreadCount: 0 });
  expect(appUser.conversationStarted).toBe(true);

  const page = await v1.appUsers.getMessages("ann");
  expect(page.messages).toEqual([first.message, second.message]);
  expect(page.conversation).toMatchObject({ _id: first.conversation._id, unreadCount: 0 });
  expect(page.next ?? null).toBeNull();
});

for (const [name, content] of Object.entries({
  "text with buttons": { type: "text", text: "Your order", actions: [LINK, POSTBACK] },
  "text with replies": { type: "text", text: "More?", actions: [REPLY, { type: "locationRequest", text: "Where?" }] },
  image: { type: "image", mediaUrl: "https://example.org/cup.png", text: "A cup", altText: "Blue", actions: [LINK] },
  file: { type: "file", mediaUrl: "https://example.org/terms.pdf", text: "Our terms" },
  carousel: { type: "carousel", items: [ITEM], displaySettings: { imageAspectRatio: "square" } },
  list: { type: "list", items: [ITEM, { title: "Black tea", actions: [LINK] }], actions: [POSTBACK] },
  location: { type: "location", coordinates: { lat: -22.932448, long: -43.18211 } },
  form: { type: "form", fields: [{ type: "email", name: "email", label: "Your address" }], blockChatInput: true },
})) {
  test(`${name} is kept, and every part to be clicked has an id that stays`, async ({ v1 }) => {
    const { message } = await v1.appUsers.sendMessage("ann", { role: "appMaker", ...content });
    expect(message).toMatchObject({ ...content, text: expect.any(String) });
    const items = message.items ?? [];
    const actions = [...(message.actions ?? []), ...items.flatMap((item: any) => item.actions)];
    for (const part of [...items, ...actions]) expect(part._id).toMatch(/^[0-9a-f]{24}$/);
    expect(new Set(actions.map(({ _id }) => _id)).size).toBe(actions.length);
    expect((await v1.appUsers.getMessages("ann")).messages).toEqual([message]);
  });
}

test("any script passes unchanged", async ({ v1 }) => {
  const texts = [...SCRIPTS, BIDI, "  two\n\nlines  ", "ä".repeat(4096)];
  for (const text of texts) await v1.appUsers.sendMessage("ann", { role: "appMaker", type: "text", text });
  const { messages } = await v1.appUsers.getMessages("ann");
  expect(messages.map(({ text }: any) => text)).toEqual(texts);
});

test("more than two pages are walked by time", async ({ v1, parlor }) => {
  const numbers = (page: any) => page.messages.map(({ text }: any) => Number(text));
  const from = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, at) => first + at);
  for (let number = 1; number <= 207; number++) {
    await v1.appUsers.sendMessage("ann", { role: "appMaker", type: "text", text: String(number) });
  }
  const newest = await v1.appUsers.getMessages("ann");
  expect(numbers(newest)).toEqual(from(108, 207));
  expect(newest.next ?? null).toBeNull();
  if (newest.previous) expect(newest.previous).toContain(parlor.url);
  const received = ({ messages }: any, at: number) => String(messages.at(at).received);
  const middle = await v1.appUsers.getMessages("ann", { before: received(newest, 0) });
  expect(numbers(middle)).toEqual(from(8, 107));
  expect(middle.next).toContain(`${parlor.url}/v1.1/`);
  const oldest = await v1.appUsers.getMessages("ann", { before: received(middle, 0) });
  expect(numbers(oldest)).toEqual(from(1, 7));
  expect((await v1.appUsers.getMessages("ann", { before: received(oldest, 0) })).messages).toEqual([]);

  const forth = await v1.appUsers.getMessages("ann", { after: received(oldest, -1) });
  expect(numbers(forth)).toEqual(from(8, 107));
  const end = await v1.appUsers.getMessages({ userId: "ann", query: { after: received(forth, -1) } });
  expect(numbers(end)).toEqual(from(108, 207));
  expect((await v1.appUsers.getMessages("ann", { after: received(end, -1) })).messages).toEqual([]);
  expect(numbers(await v1.appUsers.getMessages("ann", { before: "1471995721" }))).toEqual([]);
});

test("a wrong message is refused and not stored", async ({ v1 }) => {
  const text = { type: "text", text: "Hello" };
  const wrong = [
    {},
    text,
    { role: "appMaker", text: "no type" },
    { role: "robot", ...text },
    { role: "appMaker", type: "song", text: "la" },
    { role: "appMaker", type: "text" },
    { role: "appMaker", type: "text", text: "x".repeat(4097) },
    { role: "appMaker", type: "image" },
    { role: "appMaker", type: "carousel", items: [] },
    { role: "appMaker", type: "carousel", items: Array.from({ length: 11 }, () => ITEM) },
    { role: "appMaker", ...text, actions: [{ type: "link", text: "nowhere" }] },
    { role: "appMaker", ...text, metadata: { nested: {} } },
  ];
  for (const body of wrong) {
    const refused = await refusalV1(v1.appUsers.sendMessage("ann", body));
    expect(refused, JSON.stringify(body).slice(0, 100)).toEqual(BAD_REQUEST);
  }
  const lost = v1.appUsers.sendMessage("nobody", { role: "appMaker", ...text });
  expect(await refusalV1(lost)).toEqual({ status: 404, code: "user_not_found" });
  const page = await v1.appUsers.getMessages("ann").catch(() => ({ messages: [] }));
  expect(page.messages).toEqual([]);
  // The client itself lets one of the two pass only.
  await expect(v1.appUsers.getMessages("ann", { before: "1", after: "1" })).rejects.toThrow(/exclusive/);
});

test("one message is deleted, then all of them", async ({ v1 }) => {
  const sent = [];
  for (const text of ["secret", "public"]) {
    sent.push((await v1.appUsers.sendMessage("ann", { role: "appUser", type: "text", text })).message);
  }
  expect(await v1.appUsers.deleteMessage("ann", sent[0]._id)).toEqual({});
  const left = await v1.appUsers.getMessages("ann");
  expect(JSON.stringify(left)).not.toContain("secret");
  expect(left.messages.at(-1).text).toBe("public");
  expect((await refusalV1(v1.appUsers.deleteMessage("ann", NOBODY))).status).toBe(404);
  await v1.appUsers.create({ appUser: { userId: "bob" } });
  await v1.appUsers.sendMessage("bob", { role: "appUser", type: "text", text: "Mine" });
  expect((await refusalV1(v1.appUsers.deleteMessage("bob", sent[1]._id))).status).toBe(404);

  expect(await v1.appUsers.deleteMessages("ann")).toEqual({});
  const empty = await v1.appUsers.getMessages("ann");
  expect(JSON.stringify(empty)).not.toContain("public");
  await v1.appUsers.sendMessage("ann", { role: "appUser", type: "text", text: "fresh" });
  expect((await v1.appUsers.getMessages("ann")).messages.at(-1).text).toBe("fresh");
});

test("a picture is uploaded and sent at once", async ({ v1 }, testInfo) => {
  const path = testInfo.outputPath("Tässchen 1.png");
  await writeFile(path, PIXEL);
  const message = { role: "appMaker", name: "Bob", text: "A cup" };
  const sent = await uploading(() => v1.appUsers.uploadImage("ann", createReadStream(path), message));
  expect(sent.message).toMatchObject({ type: "image", ...message, mediaType: "image/png" });
  expect(sent.conversation.unreadCount).toBe(1);
  const served = await fetch(sent.message.mediaUrl);
  expect(Buffer.from(await served.arrayBuffer()).subarray(0, 8)).toEqual(PIXEL.subarray(0, 8));
});
