import type { Shop } from "./parlor.ts";

/** A message as the API gives it, as far as the tests look at it. */
export interface ApiMessage {
  id: string;
  author: { type: "user" | "business"; userId?: string };
  content: { type: string; text?: string };
}

/** A short link as the API gives it, as far as the tests look at it. */
export interface ApiLink {
  id: string;
  url: string;
  cardUrl: string;
  statusSvgUrl: string;
  uses: number;
}

/** The business at the other end, over the v2 API. */
export class Business {
  /** Where the server is reached; it may not be where the browser looks for it. */
  constructor(
    private readonly shop: Shop,
    private readonly server: string,
    readonly name = "Ann",
  ) {}

  async says(conversation: string, text: string, name = this.name): Promise<void> {
    await this.sends(conversation, { type: "text", text }, name);
  }

  /** Posts a content of any type. */
  async sends(conversation: string, content: Record<string, unknown>, name = this.name): Promise<void> {
    const author = { type: "business", displayName: name };
    await this.post(`/conversations/${conversation}/messages`, { author, content });
  }

  /** Deletes the message that says `text`; without one, all of them. */
  async deletes(conversation: string, text?: string): Promise<void> {
    const path = `/conversations/${conversation}/messages`;
    if (text === undefined) {
      await this.call("DELETE", path);
    } else {
      const message = (await this.newest(conversation)).find(({ content }) => content.text === text);
      await this.call("DELETE", `${path}/${message?.id}`);
    }
  }

  async types(conversation: string): Promise<void> {
    await this.acts(conversation, "typing:start");
  }

  async stopsTyping(conversation: string): Promise<void> {
    await this.acts(conversation, "typing:stop");
  }

  async reads(conversation: string): Promise<void> {
    await this.acts(conversation, "conversation:read");
  }

  /** Every text of the conversation, oldest first: up to the newest hundred. */
  async texts(conversation: string): Promise<string[]> {
    return (await this.newest(conversation)).map((message) => message.content.text ?? "");
  }

  /** Messages that the first who takes part has not read. */
  async unread(conversation: string): Promise<number> {
    const page = (await this.call("GET", `/conversations/${conversation}/participants`)) as {
      participants: { unreadCount: number }[];
    };
    return page.participants[0]?.unreadCount ?? Number.NaN;
  }

  /** Changes settings of the chat page, such as `businessName`, `brandColor`, `originWhitelist`. */
  async patchIntegration(patch: Record<string, unknown>): Promise<void> {
    await this.call("PATCH", `/integrations/${this.shop.integrationId}`, patch);
  }

  /** Makes a further chat page with these settings; gives its address. */
  async page(settings: Record<string, unknown>): Promise<string> {
    const body = { type: "web", status: "active", ...settings };
    const answer = (await this.call("POST", "/integrations", body)) as { integration: { id: string } };
    return `${this.server}/chat/${answer.integration.id}`;
  }

  /** Who said the first of the newest messages. */
  async author(conversation: string): Promise<string> {
    const [message] = await this.newest(conversation);
    return message?.author.userId ?? "";
  }

  /** Begins a further conversation with a user, under that name. */
  async begins(userId: string, displayName: string): Promise<string> {
    const participants = [{ userId, subscribeSDKClient: true }];
    const answer = (await this.call("POST", "/conversations", { type: "personal", displayName, participants })) as {
      conversation: { id: string };
    };
    return answer.conversation.id;
  }

  /** Has the server call `target` when something of that kind happens. */
  async hears(target: string, ...triggers: string[]): Promise<void> {
    const webhooks = [{ target, triggers }];
    await this.post("/integrations", { type: "custom", displayName: "Bot", webhooks });
  }

  /** What the business keeps with the conversation. */
  async metadata(conversation: string): Promise<Record<string, unknown> | undefined> {
    const answer = (await this.call("GET", `/conversations/${conversation}`)) as {
      conversation: { metadata?: Record<string, unknown> };
    };
    return answer.conversation.metadata;
  }

  /** Makes a short link to the chat page. */
  async link(carries: Record<string, unknown> = {}): Promise<ApiLink> {
    const answer = (await this.call("POST", this.links(), carries)) as { link: ApiLink };
    return answer.link;
  }

  /** The link as it is now. */
  async linkNow({ id }: ApiLink): Promise<ApiLink> {
    const answer = (await this.call("GET", this.links(id))) as { link: ApiLink };
    return answer.link;
  }

  async patchLink({ id }: ApiLink, patch: Record<string, unknown>): Promise<void> {
    await this.call("PATCH", this.links(id), patch);
  }

  async revokes({ id }: ApiLink): Promise<void> {
    await this.call("DELETE", this.links(id));
  }

  private links(id?: string): string {
    return `/integrations/${this.shop.integrationId}/links${id === undefined ? "" : `/${id}`}`;
  }

  private async newest(conversation: string): Promise<ApiMessage[]> {
    const page = (await this.call("GET", `/conversations/${conversation}/messages`)) as { messages: ApiMessage[] };
    return page.messages;
  }

  private async acts(conversation: string, type: string): Promise<void> {
    const author = { type: "business", displayName: this.name };
    await this.post(`/conversations/${conversation}/activity`, { author, type });
  }

  private async post(path: string, body: unknown): Promise<void> {
    await this.call("POST", path, body);
  }

  private async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const { appId, keyId, secret } = this.shop;
    const answer = await fetch(`${this.server}/v2/apps/${appId}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${keyId}:${secret}`).toString("base64")}`,
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  }
}
