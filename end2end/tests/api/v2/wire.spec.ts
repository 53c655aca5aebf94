/** What callers other than the client send, and how everything is answered. */
import { complaint, expect, NOBODY, test, userInConversation } from "../../../support/api.ts";
import { authorization } from "../../../support/clients.ts";

test("brackets count raw and encoded, unknown keys do not", async ({ parlor, v2, app, appKey }) => {
  const { conversation } = await userInConversation(v2, app, "ann");
  for (const query of [
    "filter[userExternalId]=ann&page[size]=1",
    "filter%5BuserExternalId%5D=ann&page%5Bsize%5D=1",
    "filter%5buserExternalId%5d=ann&_=1700000000",
  ]) {
    const answer = await fetch(`${parlor.url}/v2/apps/${app}/conversations?${query}`, { headers: authorization(appKey) });
    expect(await answer.json()).toMatchObject({ conversations: [{ id: conversation.id }] });
  }
});

test("what is no JSON object is refused in the same shape, with a reason", async ({ parlor, app, appKey }) => {
  const bodies = ["", "{", "[]", '"text"', "null", "7", "externalId=ann", '{"externalId":"a","metadata":{"a":1e999}}'];
  for (const body of bodies) {
    const headers = { ...authorization(appKey), "content-type": "application/json" };
    const answer = await fetch(`${parlor.url}/v2/apps/${app}/users`, { method: "POST", headers, body });
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    expect(answer.status, body).toBe(400);
    expect(await answer.json()).toEqual({ errors: [{ code: "bad_request", title: expect.stringMatching(/./) }] });
  }
});

test("the charset is said or not, keys that nobody knows are let pass", async ({ parlor, app, appKey }) => {
  for (const [externalId, type] of [["a", "application/json; charset=utf-8"], ["b", "application/json"]] as const) {
    const headers = { ...authorization(appKey), "content-type": type };
    const body = JSON.stringify({ externalId, novelty: { deep: [1] } });
    const answer = await fetch(`${parlor.url}/v2/apps/${app}/users`, { method: "POST", headers, body });
    expect(answer.status).toBe(201);
  }
});

test("more than 100 kB of JSON is too much", async ({ parlor, app, appKey }) => {
  const headers = { ...authorization(appKey), "content-type": "application/json" };
  const body = JSON.stringify({ externalId: "ann", padding: "x".repeat(110_000) });
  const answer = await fetch(`${parlor.url}/v2/apps/${app}/users`, { method: "POST", headers, body });
  expect(answer.status).toBe(413);
  expect(((await answer.json()) as any).errors[0].code).toMatch(/./);
});

test("an unknown path and a wrong method are answered in the same shape", async ({ parlor, app, appKey }) => {
  const headers = authorization(appKey);
  for (const [method, path] of [
    ["GET", `/v2/apps/${app}/nothing`],
    ["GET", "/v2/nothing"],
    ["PUT", `/v2/apps/${app}/users`],
    ["DELETE", `/v2/apps/${app}/conversations`],
  ] as const) {
    const answer = await fetch(parlor.url + path, { method, headers });
    expect([404, 405], `${method} ${path}`).toContain(answer.status);
    expect(answer.headers.get("content-type")).toMatch(/^application\/json/);
    const code = { code: expect.stringMatching(/./), title: expect.stringMatching(/./) };
    expect(await answer.json()).toEqual({ errors: [code] });
  }
});

test("the outermost thing that is missing is named", async ({ owner }) => {
  expect(await complaint(owner.messages.listMessages(NOBODY, NOBODY, {}))).toMatch(/app/i);
  const error = await owner.messages.listMessages(NOBODY, NOBODY, {}).catch((error: any) => error);
  expect(error.body.errors[0].code).toBe("app_not_found");
});

test("a browser of another site may not read an app's answers", async ({ parlor, app, appKey }) => {
  const headers = { ...authorization(appKey), origin: "https://evil.example" };
  const answer = await fetch(`${parlor.url}/v2/apps/${app}`, { headers });
  expect(answer.headers.get("access-control-allow-origin")).toBeNull();
});
