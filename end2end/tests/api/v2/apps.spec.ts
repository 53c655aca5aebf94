/** Apps and their keys, through the v2 client with the key of the account. */
import { expect, ID, NOBODY, refusal, test } from "../../../support/api.ts";
import { V2 } from "../../../support/clients.ts";
import { BUSINESS_NAME } from "../../../support/server.ts";

test("an app is made, read, changed and deleted", async ({ owner }) => {
  const made = await owner.apps.createAppWithHttpInfo({
    displayName: "Tea",
    settings: { useAnimalNames: true },
    metadata: { plan: "small", seats: 3, paid: true },
  });
  expect(made.response.status).toBe(201);
  const { app } = made.data;
  expect(app).toMatchObject({
    id: expect.stringMatching(ID),
    displayName: "Tea",
    metadata: { plan: "small", seats: 3, paid: true },
  });
  expect(app.settings.useAnimalNames).toBe(true);
  expect((await owner.apps.getApp(app.id)).app).toEqual(app);

  const changed = await owner.apps.updateApp(app.id, { displayName: "Green tea", settings: { echoPostback: true } });
  expect(changed.app.displayName).toBe("Green tea");
  expect(changed.app.settings).toMatchObject({ useAnimalNames: true, echoPostback: true });
  expect(changed.app.metadata).toEqual(app.metadata);

  const gone = await owner.apps.deleteAppWithHttpInfo(app.id);
  expect([gone.response.status, gone.response.body]).toEqual([200, {}]);
  expect(await refusal(owner.apps.getApp(app.id))).toEqual({ status: 404, code: "app_not_found" });
  expect(await refusal(owner.users.getUser(app.id, "ann"))).toEqual({ status: 404, code: "app_not_found" });
});

test("an app's own key reads and changes it", async ({ v2, app }) => {
  expect((await v2.apps.getApp(app)).app).toMatchObject({ id: app, displayName: BUSINESS_NAME });
  await v2.apps.updateApp(app, { metadata: { tier: "gold" } });
  expect((await v2.apps.getApp(app)).app).toMatchObject({ displayName: BUSINESS_NAME, metadata: { tier: "gold" } });
});

test("a wrong app is refused by the field", async ({ owner, app }) => {
  const wrong = [
    {},
    { displayName: "" },
    { displayName: "x".repeat(101) },
    { displayName: 7 },
    { displayName: "Tea", metadata: { nested: { a: 1 } } },
    { displayName: "Tea", metadata: { big: "x".repeat(5000) } },
    { displayName: "Tea", settings: { conversationRetentionSeconds: -1 } },
    { displayName: "Tea", settings: { useAnimalNames: "yes" } },
  ];
  for (const body of wrong) {
    expect(await refusal(owner.apps.createApp(body)), JSON.stringify(body).slice(0, 80)).toEqual({
      status: 400,
      code: "bad_request",
    });
  }
  expect(await refusal(owner.apps.updateApp(app, { displayName: "" }))).toEqual({ status: 400, code: "bad_request" });
});

test("all apps are found by walking the pages", async ({ owner, parlor }) => {
  const made: string[] = [];
  for (let number = 1; number <= 27; number++) {
    made.push((await owner.apps.createApp({ displayName: `App ${number}` })).app.id);
  }
  // The client turns this into no parameters at all.
  const first = await owner.apps.listApps({ page: 0, filter: {} });
  expect(first.apps).toHaveLength(25);
  expect(first.meta.hasMore).toBe(true);
  expect(first.links.next).toContain(`${parlor.url}/v2/apps?`);

  const found: string[] = first.apps.map(({ id }: { id: string }) => id);
  for (let page = first; page.meta.hasMore; ) {
    page = await owner.apps.listApps({ page: { after: page.meta.afterCursor } });
    found.push(...page.apps.map(({ id }: { id: string }) => id));
  }
  expect(new Set(found).size).toBe(found.length);
  expect(found).toEqual(expect.arrayContaining(made));
  for (const id of made) await owner.apps.deleteApp(id);
});

test("the key of the account reaches every app", async ({ owner, parlor }) => {
  const other = await parlor.provision("Coffee & Co");
  expect((await owner.apps.getApp(other.appId)).app.displayName).toBe("Coffee & Co");
});

test("app keys are made, read, listed and deleted", async ({ parlor, owner, app }) => {
  const made = await owner.appKeys.createAppKeyWithHttpInfo(app, { displayName: "Shop backend" });
  expect(made.response.status).toBe(201);
  const { key } = made.data;
  expect(key).toEqual({
    id: expect.stringMatching(/^app_[0-9a-f]{24}$/),
    displayName: "Shop backend",
    secret: expect.stringMatching(/^.{20,}$/),
  });
  expect((await owner.appKeys.getAppKey(app, key.id)).key).toEqual(key);
  expect((await owner.appKeys.listAppKeys(app)).keys).toEqual(expect.arrayContaining([key]));
  expect((await new V2(parlor.url, { key }).apps.getApp(app)).app.id).toBe(app);

  const gone = await owner.appKeys.deleteAppKeyWithHttpInfo(app, key.id);
  expect([gone.response.status, gone.response.body]).toEqual([200, {}]);
  const missing = { status: 404, code: "not_found" };
  expect(await refusal(owner.appKeys.getAppKey(app, key.id))).toEqual(missing);
  expect(await refusal(owner.appKeys.deleteAppKey(app, key.id))).toEqual(missing);
  expect(await refusal(owner.appKeys.getAppKey(app, `app_${NOBODY}`))).toEqual(missing);
});

test("an app has ten keys at most, each with a name", async ({ owner, app }) => {
  const { keys } = await owner.appKeys.listAppKeys(app);
  for (let count = keys.length; count < 10; count++) {
    await owner.appKeys.createAppKey(app, { displayName: `Key ${count}` });
  }
  const refused = { status: 400, code: "bad_request" };
  expect(await refusal(owner.appKeys.createAppKey(app, { displayName: "One too many" }))).toEqual(refused);
  expect((await owner.appKeys.listAppKeys(app)).keys).toHaveLength(10);
  expect(await refusal(owner.appKeys.createAppKey(app, {}))).toEqual(refused);
});
