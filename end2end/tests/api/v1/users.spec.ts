/** App users, through the v1.1 client. */
import { expect, ID, NOBODY, refusalV1, test, TIME } from "../../../support/api.ts";

const NOT_FOUND = { status: 404, code: "user_not_found" };
const BAD_REQUEST = { status: 400, code: "bad_request" };
const ANN = {
  userId: "ann",
  givenName: "Ann",
  surname: "Müller",
  email: "ann@example.org",
  properties: { vip: true, orders: 3, city: "Zürich" },
};

test("a user is made and found by id and by user id", async ({ v1 }) => {
  const signedUpAt = new Date("2024-02-29T12:00:00.000Z");
  const { appUser } = await v1.appUsers.create({ appUser: { ...ANN, signedUpAt } });
  expect(appUser).toMatchObject({
    _id: expect.stringMatching(ID),
    ...ANN,
    signedUpAt: signedUpAt.toISOString(),
    conversationStarted: false,
    clients: [],
    pendingClients: [],
  });
  expect((await v1.appUsers.get("ann")).appUser).toEqual(appUser);
  expect((await v1.appUsers.get({ userId: appUser._id })).appUser).toEqual(appUser);
});

test("a user of a name only has the rest empty, not missing", async ({ v1 }) => {
  const { appUser } = await v1.appUsers.create({ appUser: { userId: "ann@example.org" } });
  expect(appUser).toMatchObject({ signedUpAt: expect.stringMatching(TIME), properties: {}, clients: [] });
  for (const userId of ["ann@example.org", "ann b c", "it's:me;&=+$,!~*()", "ann"]) {
    await v1.appUsers.create({ appUser: { userId } }).catch(() => undefined);
    expect((await v1.appUsers.get(userId)).appUser.userId).toBe(userId);
  }
});

test("a user id is taken once", async ({ v1 }) => {
  await v1.appUsers.create({ appUser: ANN });
  expect(await refusalV1(v1.appUsers.create({ appUser: ANN }))).toEqual({ status: 409, code: "conflict" });
});

test("a change adds to what is there", async ({ v1 }) => {
  await v1.appUsers.create({ appUser: ANN });
  const { appUser } = await v1.appUsers.update("ann", { surname: "Meier", properties: { city: "Bern", new: "yes" } });
  expect(appUser).toMatchObject({
    ...ANN,
    surname: "Meier",
    properties: { vip: true, orders: 3, city: "Bern", new: "yes" },
  });
  expect((await v1.appUsers.get("ann")).appUser).toEqual(appUser);
});

test("a profile is wiped, the person stays", async ({ v1 }) => {
  const made = (await v1.appUsers.create({ appUser: ANN })).appUser;
  const { appUser } = await v1.appUsers.deleteProfile("ann");
  expect(appUser).toMatchObject({ _id: made._id, userId: "ann", signedUpAt: made.signedUpAt, properties: {} });
  for (const key of ["givenName", "surname", "email"]) expect(appUser[key] ?? null).toBeNull();
  expect((await v1.appUsers.get("ann")).appUser).toEqual(appUser);
});

test("a deleted user is gone", async ({ v1 }) => {
  await v1.appUsers.create({ appUser: ANN });
  expect(await v1.appUsers.delete("ann")).toEqual({});
  expect(await refusalV1(v1.appUsers.get("ann"))).toEqual(NOT_FOUND);
  expect(await refusalV1(v1.appUsers.delete("ann"))).toEqual(NOT_FOUND);
});

test("who is nobody is not found, by any call", async ({ v1 }) => {
  for (const who of ["nobody", NOBODY]) {
    const calls = [
      v1.appUsers.get(who),
      v1.appUsers.update(who, { surname: "x" }),
      v1.appUsers.deleteProfile(who),
      v1.appUsers.getMessages(who),
      v1.appUsers.deleteMessages(who),
      v1.appUsers.getChannels(who),
      v1.appUsers.getBusinessSystems(who),
      v1.appUsers.getAuthCode(who),
      v1.appUsers.unlinkChannel(who, "twilio"),
      v1.conversations.get(who),
      v1.conversations.resetUnreadCount(who),
    ];
    for (const { status } of await Promise.all(calls.map(refusalV1))) expect(status).toBe(404);
  }
});

test("a wrong user is refused", async ({ v1 }) => {
  const wrong = [
    { userId: "x".repeat(1025) },
    { userId: 7 },
    { ...ANN, email: "nobody" },
    { ...ANN, givenName: "x".repeat(129) },
    { ...ANN, properties: { nested: {} } },
    { ...ANN, properties: { big: "x".repeat(5000) } },
  ];
  for (const appUser of wrong) {
    expect(await refusalV1(v1.appUsers.create({ appUser })), JSON.stringify(appUser).slice(0, 80)).toEqual(BAD_REQUEST);
  }
});

test("a user who was anonymous becomes a known one, with what it said", async ({ v1 }) => {
  const ann = (await v1.appUsers.create({ appUser: { userId: "ann", properties: { vip: true } } })).appUser;
  const anon = (await v1.appUsers.create({ appUser: { userId: "anonymous 1", properties: { page: "tea" } } })).appUser;
  await v1.appUsers.sendMessage(anon._id, { role: "appUser", type: "text", text: "I am Ann" });
  await v1.appUsers.mergeUsers({ surviving: { _id: ann._id }, discarded: { _id: anon._id } });

  const { appUser } = await v1.appUsers.get("ann");
  expect(appUser).toMatchObject({ _id: ann._id, userId: "ann", conversationStarted: true });
  expect(appUser.properties).toEqual({ vip: true, page: "tea" });
  const gone = await v1.appUsers.get(anon._id).catch((error: any) => error);
  if (gone instanceof Error) expect((gone as any).response.status).toBe(404);
  else expect(gone.appUser._id).toBe(ann._id);
  const { messages } = await v1.appUsers.getMessages("ann");
  expect(messages).toMatchObject([{ text: "I am Ann", role: "appUser", authorId: ann._id }]);

  const nobody = v1.appUsers.mergeUsers({ surviving: { _id: ann._id }, discarded: { _id: NOBODY } });
  expect((await refusalV1(nobody)).status).toBe(404);
  expect((await refusalV1(v1.appUsers.mergeUsers({ surviving: { _id: ann._id } }))).status).toBe(400);
});

test("of two users who both spoke nothing that was said is lost", async ({ v1, v2, app }) => {
  const ids = [];
  for (const userId of ["ann", "anonymous 1"]) {
    ids.push((await v1.appUsers.create({ appUser: { userId } })).appUser._id);
    await v1.appUsers.sendMessage(userId, { role: "appUser", type: "text", text: `I am ${userId}` });
  }
  await v1.appUsers.mergeUsers({ surviving: { _id: ids[0] }, discarded: { _id: ids[1] } });
  expect((await v1.appUsers.getMessages("ann")).messages).toContainEqual(expect.objectContaining({ text: "I am ann" }));
  // What is no longer anybody's default conversation is still seen by the newer version.
  const { conversations } = await v2.conversations.listConversations(app, { userExternalId: "ann" }, {});
  const pages = conversations.map(({ id }: { id: string }) => v2.messages.listMessages(app, id, {}));
  const said = (await Promise.all(pages)).flatMap(({ messages }) => messages);
  expect(said.map(({ content }) => content.text).sort()).toEqual(["I am ann", "I am anonymous 1"]);
  for (const { author } of said) expect(author.userId).toBe(ids[0]);
});

test("channels and business systems are listed, and none can be linked that is not there", async ({ v1 }) => {
  await v1.appUsers.create({ appUser: ANN });
  expect((await v1.appUsers.getChannels("ann")).channels).toEqual(expect.anything());
  expect((await v1.appUsers.getBusinessSystems("ann")).businessSystems).toEqual([]);
  const twilio = { type: "twilio", phoneNumber: "+15145555555", confirmation: { type: "immediate" } };
  const { status } = await refusalV1(v1.appUsers.linkChannel("ann", twilio));
  expect(status).toBeGreaterThanOrEqual(400);
  expect(status).toBeLessThan(500);
  expect((await refusalV1(v1.appUsers.unlinkChannel("ann", "twilio"))).status).toBeLessThan(500);
});

test("an auth code is given anew each time", async ({ v1 }) => {
  await v1.appUsers.create({ appUser: ANN });
  const codes = [(await v1.appUsers.getAuthCode("ann")).authCode, (await v1.appUsers.getAuthCode("ann")).authCode];
  for (const code of codes) expect(code).toMatch(/^ac_.{16,}$/);
  expect(codes[0]).not.toBe(codes[1]);
});
