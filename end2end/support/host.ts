import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { listen } from "./port.ts";

/** A website of somebody else, with our chat page in a frame. */
export class Host {
  private constructor(
    private readonly server: Server,
    private readonly port: number,
  ) {}

  /** A website that frames `url`. */
  static async framing(url: string): Promise<Host> {
    const server = createServer((_, answer) => {
      answer.setHeader("content-type", "text/html; charset=utf-8");
      answer.end(
        `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>A shop</title>
        <h1>A shop</h1><iframe src="${url}" title="Chat" width="380" height="560"></iframe></html>`,
      );
    });
    return new Host(server, await listen(server));
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
  private constructor(
    private readonly server: Server,
    private readonly port: number,
    private readonly sockets: Set<Socket>,
  ) {}

  /** A way to the server at `url`. */
  static async before(url: string): Promise<CookieEater> {
    const target = Number(new URL(url).port);
    const server = createServer();
    const sockets = new Set<Socket>();
    server.on("connection", (socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    server.on("request", (asked, answer) => pass(asked, answer, target));
    server.on("upgrade", (asked: IncomingMessage, browser, head: Buffer) => {
      const headers = Object.entries(withoutCookies(asked)).map(([name, value]) => `${name}: ${String(value)}\r\n`);
      const upstream = connect(target, "127.0.0.1", () => {
        upstream.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers.join("")}\r\n`);
        upstream.write(head);
        upstream.pipe(browser).pipe(upstream);
      });
      upstream.on("error", () => browser.destroy());
      browser.on("error", () => upstream.destroy());
    });
    return new CookieEater(server, await listen(server), sockets);
  }

  /** `url` of the server, as reached this way. */
  through(url: string): string {
    const through = new URL(url);
    through.port = String(this.port);
    return through.href;
  }

  async close(): Promise<void> {
    // The server itself forgets those that became WebSockets.
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

function pass(asked: IncomingMessage, answer: ServerResponse, target: number): void {
  const { method, url: path } = asked;
  const headers = withoutCookies(asked);
  const passed = request({ host: "127.0.0.1", port: target, method, path, headers }, (answered) => {
    const { "set-cookie": _, ...rest } = answered.headers;
    answer.writeHead(answered.statusCode ?? 502, rest);
    answered.pipe(answer);
  });
  passed.on("error", () => answer.destroy());
  asked.pipe(passed);
}

function withoutCookies(asked: IncomingMessage): IncomingMessage["headers"] {
  const { cookie: _, ...rest } = asked.headers;
  return rest;
}
