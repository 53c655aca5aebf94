/** Apps, their keys, integrations, menus and templates, through the v1.1 client. */
import { expect, ID, NOBODY, refusalV1, test } from "../../../support/api.ts";
import { SmoochCore } from "../../../support/clients.ts";
import { BUSINESS_NAME } from "../../../support/server.ts";

const BAD_REQUEST = { status: 400, code: "bad_request" };
const LINK = { type: "link", text: "Our shop", uri: "https://example.org" };
const POSTBACK = { type: "postback", text: "Help", payload: "HELP" };

test("an app is made, read, listed, changed and deleted", async ({ ownerV1 }) => {
  const { app } = await ownerV1.apps.create("Tea", { maskCreditCardNumbers: true }, { plan: "small" });
  expect(app).toMatchObject({ _id: expect.stringMatching(ID), name: "Tea", metadata: { plan: "small" } });
  expect(app.settings.maskCreditCardNumbers).toBe(true);
  expect((await ownerV1.apps.get(app._id)).app).toEqual(app);
  const changed = await ownerV1.apps.update(app._id, { name: "Green tea" });
  expect(changed.app).toMatchObject({ _id: app._id, name: "Green tea", metadata: { plan: "small" } });

  const ids: string[] = [];
  let page: any;
  do {
    page = await ownerV1.apps.list(2, ids.length);
    expect(page.apps.length).toBeLessThanOrEqual(2);
    ids.push(...page.apps.map(({ _id }: { _id: string }) => _id));
  } while (page.hasMore);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toContain(app._id);

  expect(await ownerV1.apps.delete(app._id)).toEqual({});
  expect(await refusalV1(ownerV1.apps.get(app._id))).toEqual({ status: 404, code: "app_not_found" });
});

test("an app's own key reads and changes it", async ({ v1, app }) => {
  expect((await v1.apps.get(app)).app).toMatchObject({ _id: app, name: BUSINESS_NAME });
  expect((await v1.apps.update(app, { metadata: { tier: "gold" } })).app.metadata).toEqual({ tier: "gold" });
});

test("the ids for the SDKs are those of the app's integrations", async ({ ownerV1, app, shop }) => {
  expect(await ownerV1.apps.getSdkIds(app)).toMatchObject({ webIntegrationId: shop.integrationId });
});

test("keys are made, read, listed, turned into tokens and deleted", async ({ parlor, ownerV1, app }) => {
  const { key } = await ownerV1.apps.keys.create(app, "Shop backend");
  expect(key).toMatchObject({
    _id: expect.stringMatching(/^app_[0-9a-f]{24}$/),
    name: "Shop backend",
    secret: expect.stringMatching(/^.{20,}$/),
  });
  expect((await ownerV1.apps.keys.get(app, key._id)).key).toEqual(key);
  expect((await ownerV1.apps.keys.list(app)).keys).toContainEqual(key);
  const { jwt } = await ownerV1.apps.keys.getJwt(app, key._id);
  const client = new SmoochCore({ serviceUrl: parlor.url, jwt });
  expect((await client.webhooks.list()).webhooks).toEqual([]);
  expect(await ownerV1.apps.keys.delete(app, key._id)).toEqual({});
  expect((await refusalV1(client.webhooks.list())).status).toBe(401);
  expect((await refusalV1(ownerV1.apps.keys.get(app, key._id))).status).toBe(404);
});

test("integrations are made, read, listed, changed and deleted", async ({ v1, ownerV1, app, shop }) => {
  const settings = { brandColor: "ff0000", businessName: "Tea & Cups", displayStyle: "tab" };
  const { integration } = await v1.integrations.create(app, { type: "web", ...settings });
  expect(integration).toMatchObject({ _id: expect.stringMatching(ID), type: "web", status: "active", ...settings });
  expect((await v1.integrations.get(app, integration._id)).integration).toEqual(integration);
  const changed = await v1.integrations.update(app, integration._id, { brandColor: "00ff00" });
  expect(changed.integration).toEqual({ ...integration, brandColor: "00ff00" });

  const ids = ({ integrations }: any) => integrations.map(({ _id }: any) => _id);
  const all = await ownerV1.integrations.list(app);
  expect(ids(all).sort()).toEqual([shop.integrationId, integration._id].sort());
  expect(all).toMatchObject({ hasMore: false, offset: 0 });
  const first = await v1.integrations.list(app, ["web", "custom"], 1);
  expect(first).toMatchObject({ hasMore: true, offset: 0 });
  const second = await v1.integrations.list({ appId: app, types: "web", limit: 1, offset: 1 });
  expect(second).toMatchObject({ hasMore: false, offset: 1 });
  expect([...ids(first), ...ids(second)].sort()).toEqual(ids(all).sort());
  expect(ids(await v1.integrations.list(app, ["custom"]))).toEqual([]);

  expect(await refusalV1(v1.integrations.create(app, { type: "web", brandColor: "red" }))).toEqual(BAD_REQUEST);
  expect(await v1.integrations.delete(app, integration._id)).toEqual({});
  const missing = { status: 404, code: "integration_not_found" };
  for (const id of [integration._id, NOBODY]) {
    expect(await refusalV1(v1.integrations.get(app, id))).toEqual(missing);
    expect(await refusalV1(v1.integrations.delete(app, id))).toEqual(missing);
  }
});

test("the app's menu is set, read and removed", async ({ v1 }) => {
  expect((await v1.menu.get()).menu.items).toEqual([]);
  const items = [LINK, { type: "submenu", text: "More", items: [POSTBACK, LINK] }];
  const { menu } = await v1.menu.configure({ items });
  expect(menu.items).toMatchObject(items);
  for (const item of [...menu.items, ...menu.items[1].items]) expect(item._id).toMatch(/./);
  expect((await v1.menu.get()).menu).toEqual(menu);
  for (const wrong of [
    { type: "link", text: "Nowhere" },
    { type: "postback", text: "Nothing" },
    { type: "submenu", text: "Nothing" },
    { type: "song", text: "la" },
    { type: "link", uri: "https://example.org" },
  ]) {
    expect(await refusalV1(v1.menu.configure({ items: [wrong] })), JSON.stringify(wrong)).toEqual(BAD_REQUEST);
  }
  await v1.menu.remove();
  expect((await v1.menu.get()).menu.items).toEqual([]);
});

test("an integration has a menu of its own", async ({ v1, ownerV1, app, shop }) => {
  const id = shop.integrationId;
  const made = await v1.integrations.menu.create(id, { items: [LINK] });
  expect(made.menu.items).toMatchObject([LINK]);
  expect((await v1.integrations.menu.get(id)).menu).toEqual(made.menu);
  expect((await ownerV1.integrations.menu.get(app, id)).menu).toEqual(made.menu);
  const changed = await v1.integrations.menu.update(id, { items: [POSTBACK] });
  expect(changed.menu.items).toMatchObject([POSTBACK]);
  expect((await v1.menu.get()).menu.items).toEqual([]);
  await v1.integrations.menu.delete(id);
  const gone = await v1.integrations.menu.get(id).catch((error: any) => error.response.status);
  if (typeof gone === "number") expect(gone).toBe(404);
  else expect(gone.menu.items).toEqual([]);
});

test("templates are made, read, listed, changed and deleted", async ({ v1 }) => {
  const message = { role: "appMaker", type: "text", text: "Welcome!" };
  const { template } = await v1.templates.create({ name: "welcome", message });
  expect(template).toMatchObject({ _id: expect.stringMatching(ID), name: "welcome", message });
  expect((await v1.templates.get(template._id)).template).toEqual(template);
  const changed = await v1.templates.update(template._id, { name: "hello" });
  expect(changed.template).toMatchObject({ _id: template._id, name: "hello", message });
  await v1.templates.create({ name: "bye", message });
  const first = await v1.templates.list({ limit: 1 });
  expect(first).toMatchObject({ hasMore: true });
  const second = await v1.templates.list({ limit: 1, offset: 1 });
  expect([...first.templates, ...second.templates].map(({ name }) => name).sort()).toEqual(["bye", "hello"]);
  await v1.templates.delete(template._id);
  expect((await refusalV1(v1.templates.get(template._id))).status).toBe(404);
});
