/** The example payloads that the server's vocabulary is tested with. */
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { PIXEL } from "./pixel.ts";

const FOLDER = join(import.meta.dirname, "../../domain/tests/messages");

/** A message body as the API takes it. */
type Body = { content: Record<string, unknown> };
type Example = { rest?: Body } & Record<string, unknown>;

/** The contents called `name`, all that the example has. */
export function contents(name: string): Record<string, unknown>[] {
  const example = JSON.parse(readFileSync(join(FOLDER, `${name}.json`), "utf8")) as Example;
  const bodies = Object.entries(example).filter(([key]) => key.startsWith("rest") && key !== "restRead");
  return bodies.map(([, body]) => (body as Body).content);
}

/** The content of the example called `name`. */
export function content(name: string): Record<string, unknown> {
  const [first] = contents(name);
  if (!first) throw new Error(`${name} has no body`);
  return first;
}

/** The names of all hostile examples. */
export function hostile(): string[] {
  return readdirSync(FOLDER).flatMap((file) => (file.startsWith("hostile-") ? [file.replace(".json", "")] : []));
}

/** Has the pictures of the examples, which are nowhere, be pixels. */
export async function servePictures(page: Page): Promise<void> {
  const picture = { body: PIXEL, contentType: "image/png" };
  await page.route(/^https?:\/\/[^/]*\.example\//, (route) => route.fulfill(picture));
}
