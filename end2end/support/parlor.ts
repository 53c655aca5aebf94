/** The real binary, as an operator starts, stops and kills it. */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { freePort } from "./port.ts";

const DEADLINE = 10_000;

/** What `parlor provision --json` made. */
export interface Shop {
  appId: string;
  integrationId: string;
  keyId: string;
  secret: string;
  accountKeyId: string;
  accountSecret: string;
  chatUrl: string;
  embedUrl: string;
}

/** A server on a port and a data folder of its own; both stay the same when it is started again. */
export class Parlor {
  readonly url: string;
  private child: ChildProcess | undefined;
  /** What it said last, for a failure's message. */
  private log: string[] = [];
  /** What it said that no run of a test should make it say. */
  readonly complaints: string[] = [];
  /** The chat page of a demo, once it was printed, and whether its bot listens. */
  private demoPage: string | undefined;
  private hasBot = false;

  private constructor(
    private readonly listen: string,
    private readonly folder: string,
    private readonly command: "serve" | "demo",
  ) {
    this.url = `http://${listen}`;
  }

  static async start(): Promise<Parlor> {
    return Parlor.run("serve");
  }

  /** Starts `parlor demo`. */
  static async demo(): Promise<Parlor> {
    return Parlor.run("demo");
  }

  private static async run(command: "serve" | "demo"): Promise<Parlor> {
    const folder = await mkdtemp(join(tmpdir(), "parlor-e2e-"));
    const parlor = new Parlor(`127.0.0.1:${await freePort()}`, folder, command);
    try {
      await parlor.serve();
    } catch (error) {
      await parlor.remove();
      throw error;
    }
    return parlor;
  }

  /** Starts the server; it answers when this returns. */
  async serve(): Promise<void> {
    const child = spawn(binary(), [this.command, ...this.options()], {
      env: environment(),
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.child = child;
    // A test run that is broken off must leave no server behind.
    const end = () => child.kill("SIGKILL");
    process.once("exit", end);
    child.once("exit", () => process.off("exit", end));
    createInterface({ input: child.stdout }).on("line", (line) => {
      this.demoPage ??= /^\s*Chat page\s+(\S+)$/.exec(line)?.[1];
    });
    createInterface({ input: child.stderr }).on("line", (line) => {
      this.hasBot ||= line.includes("the demo bot listens");
      this.log = [...this.log.slice(-19), line];
      if (/\bERROR\b|panicked at/.test(line)) this.complaints.push(line);
    });
    const deadline = Date.now() + DEADLINE;
    while (!(await answers(`${this.url}/readyz`))) {
      if (child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the server did not start:\n${this.log.join("\n")}`);
      }
    }
  }

  /** Makes an app with a chat page. */
  async provision(name: string): Promise<Shop> {
    const options = ["provision", "--json", "--name", name, ...this.options()];
    const { stdout } = await promisify(execFile)(binary(), options, { env: environment() });
    return JSON.parse(stdout) as Shop;
  }

  /** The chat page of a demo. Its bot hears what happens there when this returns. */
  async botPage(): Promise<string> {
    const deadline = Date.now() + DEADLINE;
    while (!this.demoPage || !this.hasBot) {
      if (Date.now() > deadline) throw new Error(`the demo did not begin:\n${this.log.join("\n")}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return this.demoPage;
  }

  /** `kill -9`. */
  async kill(): Promise<void> {
    await this.signal("SIGKILL");
  }

  /** As an operator stops it: what was begun is finished. */
  async terminate(): Promise<void> {
    await this.signal("SIGTERM");
  }

  /** Ends the server for good. */
  async remove(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async signal(signal: NodeJS.Signals): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    const timeout = setTimeout(() => child.kill("SIGKILL"), DEADLINE);
    await ended;
    clearTimeout(timeout);
    if (signal === "SIGTERM" && child.exitCode !== 0) {
      throw new Error(`the server did not stop in good order:\n${this.log.join("\n")}`);
    }
  }

  private options(): string[] {
    // Webhooks may reach the tests' own receivers, and are tried again while a test looks on.
    const webhooks = ["--webhook-allow", "127.0.0.0/8", "--webhook-retries", "100ms,200ms,400ms,800ms"];
    // Everybody in a test shares an address, and some of them are quicker than people.
    const limits = ["--address-rate", "0", "--visitor-rate", "0", "--form-pause", "0s"];
    return ["--listen", this.listen, "--data-dir", this.folder, ...webhooks, ...limits];
  }
}

function binary(): string {
  const named = process.env["PARLOR_BIN"];
  if (!named) throw new Error("PARLOR_BIN should name the built server; `make test-e2e` sets it");
  return named;
}

/** Without the settings of whoever runs the tests. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("PARLOR_")));
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    await new Promise((resolve) => setTimeout(resolve, 20));
    return false;
  }
}
