/** A line between browser and server that can fail the ways real ones do, for open sockets too. */
import { connect, createServer, type Server, type Socket } from "node:net";
import { listen } from "./port.ts";

/**
 * - `up`: all passes
 * - `cut`: what was open is broken off, and nobody can connect
 * - `silent`: one can connect, and nothing passes until the line is up again
 * - `deaf`: what the browser says arrives, what the server says is lost
 */
type State = "up" | "cut" | "silent" | "deaf";

export class Line {
  private state: State = "up";
  private server: Server | undefined;
  private port = 0;
  private readonly calls = new Set<Call>();

  private constructor(private readonly target: number) {}

  /** A line to the server at `url`. */
  static async to(url: string): Promise<Line> {
    const line = new Line(Number(new URL(url).port));
    await line.open();
    return line;
  }

  /** `url` of the server, as reached over this line. */
  through(url: string): string {
    const through = new URL(url);
    through.port = String(this.port);
    return through.href;
  }

  async cut(): Promise<void> {
    this.state = "cut";
    for (const call of this.calls) call.end();
    const server = this.server;
    this.server = undefined;
    if (server) await new Promise((resolve) => server.close(resolve));
  }

  async silence(): Promise<void> {
    await this.cut();
    this.state = "silent";
    await this.open();
  }

  deafen(): void {
    this.state = "deaf";
  }

  async mend(): Promise<void> {
    this.state = "up";
    if (!this.server) await this.open();
    for (const call of this.calls) call.begin();
  }

  private async open(): Promise<void> {
    this.server = createServer((browser) => {
      const call = new Call(browser, this.target, () => this.state === "deaf");
      this.calls.add(call);
      browser.once("close", () => this.calls.delete(call));
      if (this.state !== "silent") call.begin();
    });
    this.port = await listen(this.server, this.port);
  }
}

class Call {
  private server: Socket | undefined;

  constructor(
    private readonly browser: Socket,
    private readonly target: number,
    private readonly isDeaf: () => boolean,
  ) {
    browser.on("error", () => this.end());
    browser.pause();
  }

  begin(): void {
    if (this.server) return;
    const server = connect(this.target, "127.0.0.1");
    this.server = server;
    server.on("error", () => this.end());
    server.on("close", () => this.end());
    this.browser.on("close", () => this.end());
    server.on("data", (bytes) => {
      if (!this.isDeaf()) this.browser.write(bytes);
    });
    this.browser.pipe(server);
  }

  end(): void {
    this.browser.destroy();
    this.server?.destroy();
  }
}
