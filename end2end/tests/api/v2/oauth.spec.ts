/** OAuth, through the v2 client. */
import { expect, refusal, test } from "../../../support/api.ts";

test("an unknown OAuth integration is sent nowhere and gets no token", async ({ owner, v2, app }) => {
  const wrong = { state: "s", redirectUri: "https://evil.example/steal" };
  const sent = await owner.oauth.authorizeWithHttpInfo("nobody", "code", wrong).catch((error: any) => error);
  expect(sent.response.status).toBeGreaterThanOrEqual(400);
  expect(sent.response.status).toBeLessThan(500);

  const exchange = { code: "x", grant_type: "authorization_code", client_id: "nobody", client_secret: "x" };
  const { status } = await refusal(owner.oauth.getToken(exchange));
  expect([400, 401, 404]).toContain(status);

  // An app's key was not given by OAuth: there is nothing to revoke, and nothing is.
  const revoked = await refusal(v2.oauth.revokeAccess());
  expect([401, 403, 404]).toContain(revoked.status);
  expect((await v2.apps.getApp(app)).app.id).toBe(app);
});
