import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { listen } from "./port.ts";

/** A website of somebody else, with our chat page in a frame. */
export class Host {
  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {}

  /** A website with `html` as the body of every page. */
  static async with(html: string): Promise<Host> {
    const server = createServer((_, answer) => {
      answer.setHeader("content-type", "text/html; charset=utf-8");
      answer.end(`<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>A shop</title>${html}</html>`);
    });
    return new Host(server, await listen(server));
  }

  /** A website that frames `url`. */
  static framing(url: string): Promise<Host> {
    return Host.with(`<h1>A shop</h1><iframe src="${url}" title="Chat" width="380" height="560"></iframe>`);
  }

  /** By another name than the chat's `127.0.0.1`: another site, so that cookies in the frame are third-party ones. */
  get url(): string {
    return `http://localhost:${this.port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** A way to the server for a browser that keeps no cookie at all: none passes, either way. */
export class CookieEater {
  /** Cookies that the browser sent all the same. */
  readonly sent: string[] = [];

  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {}

  static async before(url: string): Promise<CookieEater> {
    const target = Number(new URL(url).port);
    const server = createServer();
    const eater = new CookieEater(server, await listen(server));
    server.on("request", (asked, answer) => eater.pass(asked, answer, target));
    server.on("upgrade", (asked: IncomingMessage, browser, head: Buffer) => {
      const headers = Object.entries(eater.without(asked)).map(([name, value]) => `${name}: ${String(value)}\r\n`);
      const upstream = connect(target, "127.0.0.1", () => {
        upstream.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers.join("")}\r\n`);
        upstream.write(head);
        upstream.pipe(browser).pipe(upstream);
      });
      upstream.on("error", () => browser.destroy());
      browser.on("error", () => upstream.destroy());
    });
    return eater;
  }

  through(url: string): string {
    const through = new URL(url);
    through.port = String(this.port);
    return through.href;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(asked: IncomingMessage, answer: ServerResponse, target: number): void {
    const { method, url: path } = asked;
    const headers = this.without(asked);
    const passed = request({ host: "127.0.0.1", port: target, method, path, headers }, (answered) => {
      const { "set-cookie": _, ...rest } = answered.headers;
      answer.writeHead(answered.statusCode ?? 502, rest);
      answered.pipe(answer);
    });
    passed.on("error", () => answer.destroy());
    asked.pipe(passed);
  }

  private without(asked: IncomingMessage): IncomingMessage["headers"] {
    const { cookie, ...rest } = asked.headers;
    if (cookie) this.sent.push(cookie);
    return rest;
  }
}
