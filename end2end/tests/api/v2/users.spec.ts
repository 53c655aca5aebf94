/** Users, through the v2 client. */
import { expect, ID, NOBODY, refusal, test, TIME, userInConversation } from "../../../support/api.ts";
import { Sunshine } from "../../../support/clients.ts";

const NOT_FOUND = { status: 404, code: "user_not_found" };
const PROFILE = {
  givenName: "Ann",
  surname: "Müller",
  email: "ann@example.org",
  avatarUrl: "https://example.org/ann.png",
  locale: "de-CH",
};

test("a user is made and found by id and by external id", async ({ v2, app }) => {
  const made = await v2.users.createUserWithHttpInfo(app, {
    externalId: "ann",
    signedUpAt: "2024-02-29T12:00:00.000Z",
    profile: PROFILE,
    metadata: { vip: true, orders: 3, city: "Zürich" },
  });
  expect(made.response.status).toBe(201);
  expect(made.response.type).toBe("application/json");
  expect(made.response.body.user).toMatchObject({
    id: expect.stringMatching(ID),
    externalId: "ann",
    signedUpAt: "2024-02-29T12:00:00.000Z",
    profile: PROFILE,
    metadata: { vip: true, orders: 3, city: "Zürich" },
  });
  const { user } = made.data;
  expect((await v2.users.getUser(app, user.id)).user).toEqual(user);
  expect((await v2.users.getUser(app, "ann")).user).toEqual(user);
});

test("a user of a name only has the rest empty, not missing", async ({ v2, app }) => {
  const { response } = await v2.users.createUserWithHttpInfo(app, new Sunshine.UserCreateBody("ann"));
  expect(response.body.user).toMatchObject({
    externalId: "ann",
    signedUpAt: expect.stringMatching(TIME),
    profile: {},
    metadata: {},
  });
});

test("any external id works, encoded in the path", async ({ v2, app }) => {
  const ids = [
    "a/b",
    "../ann",
    "what?",
    "a#b",
    "100%",
    "%2F",
    "a+b c",
    "ann@example.org",
    "o'brien",
    "Ανν 🍵",
    "&=;,",
    "x".repeat(1024),
    "Ann",
    "ann",
  ];
  for (const externalId of ids) {
    const { user } = await v2.users.createUser(app, { externalId });
    expect((await v2.users.getUser(app, externalId)).user).toMatchObject({ id: user.id, externalId });
    await v2.users.updateUser(app, externalId, { metadata: { id: externalId.slice(0, 9) } });
    expect((await v2.clients.listClients(app, externalId, {})).clients).toEqual([]);
    expect((await v2.devices.listDevices(app, externalId)).devices).toEqual([]);
  }
});

test("an external id is taken once", async ({ v2, app, parlor, owner }) => {
  await v2.users.createUser(app, { externalId: "ann" });
  expect(await refusal(v2.users.createUser(app, { externalId: "ann" }))).toEqual({ status: 409, code: "conflict" });
  const other = await parlor.provision("Coffee & Co");
  await owner.users.createUser(other.appId, { externalId: "ann" });
  const twins = await Promise.allSettled(Array.from({ length: 6 }, () => v2.users.createUser(app, { externalId: "bob" })));
  expect(twins.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("a change touches what it names and keeps the rest", async ({ v2, app }) => {
  await v2.users.createUser(app, { externalId: "ann", profile: PROFILE, metadata: { vip: true, city: "Zürich" } });
  const { user } = await v2.users.updateUser(app, "ann", { profile: { surname: "Meier" }, metadata: { city: "Bern" } });
  expect(user.profile).toMatchObject({ ...PROFILE, surname: "Meier" });
  expect(user.metadata).toEqual({ vip: true, city: "Bern" });

  await v2.users.updateUser(app, "ann", { profile: { email: null } });
  const { response } = await v2.users.getUserWithHttpInfo(app, "ann");
  expect(response.body.user.profile.email ?? null).toBeNull();
  expect(response.body.user.profile.givenName).toBe("Ann");

  const when = "2020-01-01T00:00:00.000Z";
  expect((await v2.users.updateUser(app, "ann", { signedUpAt: when })).user.signedUpAt).toBe(when);
  await v2.users.updateUser(app, "ann", { externalId: "bob" }).catch(() => undefined);
  expect((await v2.users.getUser(app, "ann")).user.externalId).toBe("ann");
});

test("personal information is wiped, the person stays", async ({ v2, app }) => {
  const { user } = await v2.users.createUser(app, { externalId: "ann", profile: PROFILE, metadata: { vip: true } });
  const wiped = await v2.users.deleteUserPersonalInformationWithHttpInfo(app, "ann");
  expect(wiped.response.status).toBe(200);
  const kept = wiped.response.body.user;
  expect(kept).toMatchObject({ id: user.id, externalId: "ann", signedUpAt: user.signedUpAt, metadata: {} });
  for (const key of ["givenName", "surname", "email", "avatarUrl"]) expect(kept.profile[key] ?? null).toBeNull();
  expect((await v2.users.getUserWithHttpInfo(app, user.id)).response.body.user).toEqual(kept);
});

test("a deleted user is gone with its conversations and may come again", async ({ v2, app }) => {
  const { user, conversation } = await userInConversation(v2, app, "ann");
  const gone = await v2.users.deleteUserWithHttpInfo(app, "ann");
  expect([gone.response.status, gone.response.body]).toEqual([200, {}]);
  expect(await refusal(v2.users.getUser(app, "ann"))).toEqual(NOT_FOUND);
  expect(await refusal(v2.users.getUser(app, user.id))).toEqual(NOT_FOUND);
  expect(await refusal(v2.users.deleteUser(app, "ann"))).toEqual(NOT_FOUND);
  const deleted = await refusal(v2.conversations.getConversation(app, conversation.id));
  expect(deleted).toEqual({ status: 404, code: "conversation_not_found" });
  const again = await v2.users.createUser(app, { externalId: "ann" });
  expect(again.user.id).not.toBe(user.id);
});

test("who is nobody is not found, by any call", async ({ v2, app }) => {
  for (const who of ["nobody", NOBODY]) {
    const calls = [
      v2.users.getUser(app, who),
      v2.users.updateUser(app, who, { metadata: {} }),
      v2.users.deleteUserPersonalInformation(app, who),
      v2.clients.listClients(app, who, {}),
      v2.clients.removeClient(app, who, NOBODY),
      v2.devices.listDevices(app, who),
      v2.devices.getDevice(app, who, NOBODY),
    ];
    for (const refused of await Promise.all(calls.map(refusal))) expect(refused).toEqual(NOT_FOUND);
  }
});

test("a wrong user is refused by the field", async ({ v2, app }) => {
  const wrong: [string, object][] = [
    ["externalId", {}],
    ["externalId", { externalId: "" }],
    ["externalId", { externalId: "x".repeat(1025) }],
    ["externalId", { externalId: 7 }],
    ["signedUpAt", { externalId: "ann", signedUpAt: "yesterday" }],
    ["email", { externalId: "ann", profile: { email: "nobody" } }],
    ["givenName", { externalId: "ann", profile: { givenName: "x".repeat(129) } }],
    ["avatarUrl", { externalId: "ann", profile: { avatarUrl: "ann.png" } }],
    ["metadata", { externalId: "ann", metadata: { nested: {} } }],
    ["metadata", { externalId: "ann", metadata: { list: [1] } }],
    ["metadata", { externalId: "ann", metadata: { big: "ä".repeat(2100) } }],
  ];
  for (const [field, body] of wrong) {
    const error = await v2.users.createUser(app, body).catch((error: any) => error);
    const title = expect.stringContaining(field);
    expect(error.body, JSON.stringify(body).slice(0, 80)).toEqual({ errors: [{ code: "bad_request", title }] });
    expect(error.status).toBe(400);
  }
  expect(await refusal(v2.users.getUser(app, "ann"))).toEqual(NOT_FOUND);
});

test("clients of other channels cannot be linked, and say so", async ({ v2, app, shop }) => {
  const { user, conversation } = await userInConversation(v2, app, "ann");
  const body = {
    matchCriteria: { type: "twilio", integrationId: shop.integrationId, phoneNumber: "+15145555555" },
    confirmation: { type: "immediate" },
    target: { conversationId: conversation.id },
  };
  expect((await refusal(v2.clients.createClient(app, user.id, body))).status).toBeLessThan(500);
  expect(await refusal(v2.clients.removeClient(app, user.id, NOBODY))).toEqual({ status: 404, code: "client_not_found" });
  expect(await refusal(v2.devices.getDevice(app, user.id, NOBODY))).toEqual({ status: 404, code: "device_not_found" });
});
