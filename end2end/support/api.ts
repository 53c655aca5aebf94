/** What every spec of the API imports: the test with a server, a shop, and the clients of both versions. */
import { type Key, smooch, type SmoochCore, V2 } from "./clients.ts";
import { test as served } from "./server.ts";

export { expect } from "./server.ts";
export { complaint, refusal, refusalV1 } from "./refusal.ts";

export const ID = /^[0-9a-f]{24}$/;
/** In UTC, with exactly three decimals. */
export const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;
/** Well-formed, and nobody's. */
export const NOBODY = "65f0a1b2c3d4e5f6aabbccdd";

interface Fixtures {
  appKey: Key;
  accountKey: Key;
  /** The app's id, which nearly every call of the v2 client begins with. */
  app: string;
  /** The v2 client with the app's key. */
  v2: V2;
  /** The v2 client with the key of the account. */
  owner: V2;
  /** The v1.1 client with the app's key. */
  v1: SmoochCore;
  /** The v1.1 client with the key of the account: it puts the app's id first in every call. */
  ownerV1: SmoochCore;
}

export const test = served.extend<Fixtures>({
  appKey: async ({ shop }, use) => use({ id: shop.keyId, secret: shop.secret }),
  accountKey: async ({ shop }, use) => use({ id: shop.accountKeyId, secret: shop.accountSecret }),
  app: async ({ shop }, use) => use(shop.appId),
  v2: async ({ parlor, appKey }, use) => use(new V2(parlor.url, { key: appKey })),
  owner: async ({ parlor, accountKey }, use) => use(new V2(parlor.url, { key: accountKey })),
  v1: async ({ parlor, appKey }, use) => use(smooch(parlor.url, appKey, "app")),
  ownerV1: async ({ parlor, accountKey }, use) => use(smooch(parlor.url, accountKey, "account")),
});

/** A user with that externalId and its default conversation; both as the v2 API gives them. */
export async function userInConversation(v2: V2, app: string, externalId: string): Promise<{ user: any; conversation: any }> {
  const { user } = await v2.users.createUser(app, { externalId });
  const body = { type: "personal", participants: [{ userId: user.id, subscribeSDKClient: false }] };
  const { conversation } = await v2.conversations.createConversation(app, body);
  return { user, conversation };
}

/** The body of a message: from the business, or from a user where `userId` is given. */
export function says(text: string, userId?: string): object {
  const author = userId ? { type: "user", userId } : { type: "business" };
  return { author, content: { type: "text", text } };
}
