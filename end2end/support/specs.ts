import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** Tells whether some spec below that folder of `end2end` holds a piece of code. */
export function calledIn(folder: string): (code: string) => boolean {
  const root = fileURLToPath(new URL(`../${folder}`, import.meta.url));
  const specs = readdirSync(root, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".spec.ts"));
  const text = specs.map((name) => readFileSync(join(root, name), "utf8")).join("\n");
  return (code) => text.includes(code);
}
