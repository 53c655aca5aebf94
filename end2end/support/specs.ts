import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Tells whether some spec below that folder of `end2end` holds a piece of code. */
export function calledIn(folder: string): (code: string) => boolean {
  const root = join(import.meta.dirname, "..", folder);
  const specs = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".spec.ts"));
  const text = specs.map((name) => readFileSync(join(root, name), "utf8")).join("\n");
  return (code) => text.includes(code);
}
