import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from "node:http";
import { listen } from "./port.ts";

const DEADLINE = 10_000;

/** One request that arrived. */
export interface HookCall {
  path: string;
  headers: IncomingHttpHeaders;
  /** The bytes, which is what a signature is over. */
  text: string;
  json: any;
  /** In milliseconds since 1970. */
  at: number;
}

/** An event of the v2 API, and the call that brought it. */
export interface HookEvent {
  id: string;
  type: string;
  createdAt: string;
  payload: any;
  call: HookCall;
}

/** How to answer a call: a status with a body, after a while where `delay` says so; or in bad ways. */
export type HookReply =
  | { status: number; body?: string; headers?: Record<string, string>; delay?: number }
  /** Bytes that are no HTTP. */
  | "garbage"
  /** Hangs up. */
  | "close";

/** The business's own server, as far as webhooks are concerned. */
export class HookReceiver {
  readonly calls: HookCall[] = [];
  private readonly script: HookReply[] = [];
  private readonly waiting = new Set<() => void>();

  private constructor(
    private readonly server: Server,
    private port: number,
  ) {}

  static async listen(): Promise<HookReceiver> {
    const server = createServer();
    const receiver = new HookReceiver(server, 0);
    server.on("request", async (asked, answer) => {
      const chunks: Buffer[] = [];
      for await (const chunk of asked) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      receiver.calls.push({ path: asked.url ?? "", headers: asked.headers, text, json: parsed(text), at: Date.now() });
      await receiver.reply(answer);
      for (const look of receiver.waiting) look();
    });
    receiver.port = await listen(server);
    return receiver;
  }

  /** Where to be called. */
  get url(): string {
    return this.at("/hook");
  }

  /** Where to be called, by another path. */
  at(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** How to answer the next calls, one after the other. Later ones get 200. */
  answer(...replies: HookReply[]): void {
    this.script.push(...replies);
  }

  /** The first call that `matches`, once it is there. */
  async call(what: string, matches: (call: HookCall) => boolean): Promise<HookCall> {
    return this.once(what, () => this.calls.find(matches));
  }

  /** As many calls as that, once they are there. */
  async several(count: number): Promise<HookCall[]> {
    return this.once(`${count} calls`, () => (this.calls.length >= count ? this.calls.slice(0, count) : undefined));
  }

  /** Every v2 event so far, in order of arrival. */
  events(type?: string): HookEvent[] {
    const events = this.calls.flatMap((call) => (call.json?.events ?? []).map((event: object) => ({ ...event, call })));
    return type ? events.filter((event) => event.type === type) : events;
  }

  /** The first v2 event of that type that `matches`, once it is there. */
  async event(type: string, matches: (event: HookEvent) => boolean = () => true): Promise<HookEvent> {
    return this.once(`the event ${type}`, () => this.events(type).find(matches));
  }

  /** The v2 event of a message with that text, once it is there. */
  async message(text: string): Promise<HookEvent> {
    return this.event("conversation:message", ({ payload }) => payload.message.content.text === text);
  }

  /** The first v1.1 event with that trigger that `matches`, once it is there. */
  async told(trigger: string, matches: (body: any) => boolean = () => true): Promise<any> {
    const call = await this.call(`the event ${trigger}`, ({ json }) => json?.trigger === trigger && matches(json));
    return call.json;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async reply(answer: ServerResponse): Promise<void> {
    const reply = this.script.shift() ?? { status: 200 };
    if (reply === "close") answer.socket?.destroy();
    else if (reply === "garbage") answer.socket?.end("\0\x01 no HTTP \r\n\r\n");
    else {
      if (reply.delay) await new Promise((resolve) => setTimeout(resolve, reply.delay));
      answer.writeHead(reply.status, reply.headers).end(reply.body);
    }
  }

  /** What `look` finds, at once or after a call to come. */
  private async once<T>(what: string, look: () => T | undefined): Promise<T> {
    const found = look();
    if (found !== undefined) return found;
    return new Promise((resolve, reject) => {
      const again = () => {
        const found = look();
        if (found === undefined) return;
        clearTimeout(timeout);
        this.waiting.delete(again);
        resolve(found);
      };
      const timeout = setTimeout(() => {
        this.waiting.delete(again);
        const bodies = this.calls.map(({ path, text }) => `${path} ${text.slice(0, 400)}`);
        reject(new Error(`${what} did not arrive; ${bodies.length} calls did:\n${bodies.join("\n")}`));
      }, DEADLINE);
      this.waiting.add(again);
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
