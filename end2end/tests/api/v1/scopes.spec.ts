/** The three scopes of the v1.1 client and the paths that each takes. */
import { expect, refusalV1, test } from "../../../support/api.ts";
import { authorization, smooch, SmoochCore, token } from "../../../support/clients.ts";

const FORBIDDEN = { status: 403, code: "forbidden" };
const UNAUTHORIZED = { status: 401, code: "unauthorized" };
const HELLO = { role: "appUser", type: "text", text: "Hello" };

test("the account names the app in every call", async ({ ownerV1, v1, app, hooks }) => {
  const { appUser } = await ownerV1.appUsers.create(app, { userId: "ann" });
  await ownerV1.appUsers.sendMessage(app, "ann", HELLO);
  const named = await ownerV1.appUsers.get({ appId: app, userId: "ann" });
  expect(named.appUser._id).toBe(appUser._id);
  expect((await ownerV1.appUsers.getMessages(app, "ann")).messages).toHaveLength(1);
  expect((await ownerV1.conversations.get(app, "ann")).conversation.unreadCount).toBe(0);
  await ownerV1.webhooks.create(app, { target: hooks.url });
  expect((await ownerV1.webhooks.list(app)).webhooks).toHaveLength(1);
  expect((await ownerV1.menu.get(app)).menu.items).toEqual([]);
  // An app's own key leaves the app out, and sees the same.
  expect((await v1.appUsers.get("ann")).appUser._id).toBe(appUser._id);
  expect((await v1.webhooks.list()).webhooks).toHaveLength(1);
});

test("both forms of a path serve an app's key, and a name with a password", async ({ parlor, v1, app, appKey }) => {
  await v1.appUsers.create({ appUser: { userId: "ann" } });
  for (const path of ["/v1.1/appusers/ann", `/v1.1/apps/${app}/appusers/ann`]) {
    const answer = await fetch(parlor.url + path, { headers: authorization(appKey) });
    expect(answer.status, path).toBe(200);
    expect(await answer.json()).toMatchObject({ appUser: { userId: "ann" } });
  }
});

test("an app's key reaches no other app", async ({ parlor, appKey, v1, app }) => {
  const other = await parlor.provision("Coffee & Co");
  for (const path of ["appusers/ann", "webhooks", "menu", "integrations", `integrations/${other.integrationId}`]) {
    const headers = authorization(appKey);
    const answer = await fetch(`${parlor.url}/v1.1/apps/${other.appId}/${path}`, { headers });
    expect([401, 403, 404], path).toContain(answer.status);
  }
  expect([401, 403, 404]).toContain((await refusalV1(v1.integrations.get(other.appId, other.integrationId))).status);
  const ofTheAccount = [v1.apps.create("Mine"), v1.apps.list(), v1.apps.delete(app), v1.apps.keys.list()];
  for (const refused of await Promise.all(ofTheAccount.map(refusalV1))) expect(refused).toEqual(FORBIDDEN);
});

test("a user's token speaks for that user alone", async ({ parlor, v1, app, appKey }) => {
  await v1.appUsers.create({ appUser: { userId: "ann" } });
  await v1.appUsers.create({ appUser: { userId: "bob" } });
  const ann = smooch(parlor.url, appKey, "appUser", "ann");
  expect((await ann.appUsers.get("ann")).appUser.userId).toBe("ann");
  const sent = await ann.appUsers.sendMessage("ann", HELLO);
  expect(sent.message).toMatchObject({ role: "appUser", text: "Hello" });
  await ann.appUsers.update("ann", { givenName: "Ann" });
  expect((await ann.appUsers.getMessages("ann")).messages).toHaveLength(1);
  await ann.conversations.resetUnreadCount("ann");

  const forbidden = [
    ann.appUsers.get("bob"),
    ann.appUsers.sendMessage("bob", HELLO),
    ann.appUsers.getMessages("bob"),
    ann.appUsers.create({ appUser: { userId: "eve" } }),
    ann.webhooks.list(),
    ann.integrations.list(app),
    ann.apps.list(),
  ];
  for (const refused of await Promise.all(forbidden.map(refusalV1))) expect(refused).toEqual(FORBIDDEN);
  const posing = await refusalV1(ann.appUsers.sendMessage("ann", { ...HELLO, role: "appMaker" }));
  expect([400, 403]).toContain(posing.status);
});

test("a ready-made token counts until its key is deleted", async ({ parlor, ownerV1, owner, app }) => {
  const { key } = await owner.appKeys.createAppKey(app, { displayName: "short-lived" });
  // Without an end, as the client makes them itself.
  const client = new SmoochCore({ serviceUrl: `${parlor.url}/`, jwt: token(key, { scope: "app", iat: 1_400_000_000 }) });
  expect((await client.webhooks.list()).webhooks).toEqual([]);
  await ownerV1.apps.keys.delete(app, key.id);
  expect(await refusalV1(client.webhooks.list())).toEqual(UNAUTHORIZED);
});

test("who cannot say who it is gets 401", async ({ parlor, appKey }) => {
  const wrong = smooch(parlor.url, { id: appKey.id, secret: "wrong" }, "app");
  expect(await refusalV1(wrong.webhooks.list())).toEqual(UNAUTHORIZED);
  expect(await refusalV1(wrong.appUsers.get("ann"))).toEqual(UNAUTHORIZED);
});
