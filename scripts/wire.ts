/**
 * Says what breaks between the last release and this commit: `node scripts/wire.ts`. With `--release` it writes down
 * what is said now, in packages/contracts/wire.json, which is done with each release and at no other time.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { breaks } from "./wire/breaks.ts";
import { Wire, wireNow } from "./wire/snapshot.ts";

const file = join(import.meta.dirname, "..", "packages", "contracts", "wire.json");

if (process.argv.includes("--release")) {
  writeFileSync(file, `${JSON.stringify(wireNow(), undefined, 1)}\n`);
} else {
  const found = breaks(Wire.parse(JSON.parse(readFileSync(file, "utf8"))), wireNow());
  for (const each of found) console.error(each);
  process.exitCode = found.length === 0 ? 0 : 1;
}
