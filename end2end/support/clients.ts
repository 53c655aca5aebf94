/** The published clients of both API versions, pointed at our server and otherwise as they come. */
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import SmoochCore from "smooch-core";
import Sunshine from "sunshine-conversations-client";

export { SmoochCore, Sunshine };

/** An API key, as the API gives it. */
export interface Key {
  id: string;
  secret: string;
}

/** How a v2 client says who it is. With both, the token wins. */
export interface Credentials {
  key?: Key;
  token?: string;
}

/** Every API of the v2 client, with one set of credentials. */
export class V2 {
  readonly activities: InstanceType<typeof Sunshine.ActivitiesApi>;
  readonly apps: InstanceType<typeof Sunshine.AppsApi>;
  readonly appKeys: InstanceType<typeof Sunshine.AppKeysApi>;
  readonly attachments: InstanceType<typeof Sunshine.AttachmentsApi>;
  readonly clients: InstanceType<typeof Sunshine.ClientsApi>;
  readonly control: InstanceType<typeof Sunshine.SwitchboardActionsApi>;
  readonly conversations: InstanceType<typeof Sunshine.ConversationsApi>;
  readonly devices: InstanceType<typeof Sunshine.DevicesApi>;
  readonly integrationKeys: InstanceType<typeof Sunshine.CustomIntegrationApiKeysApi>;
  readonly integrations: InstanceType<typeof Sunshine.IntegrationsApi>;
  readonly messages: InstanceType<typeof Sunshine.MessagesApi>;
  readonly oauth: InstanceType<typeof Sunshine.OAuthEndpointsApi>;
  readonly participants: InstanceType<typeof Sunshine.ParticipantsApi>;
  readonly seats: InstanceType<typeof Sunshine.SwitchboardIntegrationsApi>;
  readonly switchboards: InstanceType<typeof Sunshine.SwitchboardsApi>;
  readonly users: InstanceType<typeof Sunshine.UsersApi>;
  readonly webhooks: InstanceType<typeof Sunshine.WebhooksApi>;

  constructor(server: string, { key, token }: Credentials) {
    const client = new Sunshine.ApiClient();
    client.basePath = server;
    if (key) Object.assign(client.authentications.basicAuth, { username: key.id, password: key.secret });
    if (token) client.authentications.bearerAuth.accessToken = token;
    this.activities = new Sunshine.ActivitiesApi(client);
    this.apps = new Sunshine.AppsApi(client);
    this.appKeys = new Sunshine.AppKeysApi(client);
    this.attachments = new Sunshine.AttachmentsApi(client);
    this.clients = new Sunshine.ClientsApi(client);
    this.control = new Sunshine.SwitchboardActionsApi(client);
    this.conversations = new Sunshine.ConversationsApi(client);
    this.devices = new Sunshine.DevicesApi(client);
    this.integrationKeys = new Sunshine.CustomIntegrationApiKeysApi(client);
    this.integrations = new Sunshine.IntegrationsApi(client);
    this.messages = new Sunshine.MessagesApi(client);
    this.oauth = new Sunshine.OAuthEndpointsApi(client);
    this.participants = new Sunshine.ParticipantsApi(client);
    this.seats = new Sunshine.SwitchboardIntegrationsApi(client);
    this.switchboards = new Sunshine.SwitchboardsApi(client);
    this.users = new Sunshine.UsersApi(client);
    this.webhooks = new Sunshine.WebhooksApi(client);
  }
}

/** A v1.1 client, which signs a token of that scope itself. */
export function smooch(server: string, key: Key, scope: "account" | "app" | "appUser", userId?: string): SmoochCore {
  return new SmoochCore({ serviceUrl: server, keyId: key.id, secret: key.secret, scope, ...(userId && { userId }) });
}

/** A JSON web token with that payload, signed with `key`; `header` replaces parts of what is usual. */
export function token(key: Key, payload: Record<string, unknown>, header: Record<string, unknown> = {}): string {
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ typ: "JWT", alg: "HS256", kid: key.id, ...header })}.${part(payload)}`;
  return `${signed}.${createHmac("sha256", key.secret).update(signed).digest("base64url")}`;
}

/** The header of a caller that is none of the clients. */
export function authorization(key: Key): { authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${key.id}:${key.secret}`).toString("base64")}` };
}

/** The forms that the v1.1 client uploads. It wants a stream, and fetch's own `FormData` is none. */
export const StreamedForm = createRequire(createRequire(import.meta.url).resolve("smooch-core"))("form-data");

/** Runs an upload of the v1.1 client, which takes the form of that global name: on a Node of its age there was no other. */
export async function uploading<T>(upload: () => Promise<T>): Promise<T> {
  const own = globalThis.FormData;
  globalThis.FormData = StreamedForm;
  try {
    return await upload();
  } finally {
    globalThis.FormData = own;
  }
}
