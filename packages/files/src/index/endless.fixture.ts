/** Writes to an index without end: it looks at a folder of which another file changes each time. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { indexFolder } from "./mod.ts";

const [root = "", cache = ""] = process.argv.slice(2);
process.stdout.write("started\n");
await using index = await indexFolder(root, { cache });
for (let round = 0; ; round++) {
  for (let file = 0; file < 50; file++) {
    const number = (round * 50 + file) % 400;
    writeFileSync(join(root, `d${number % 5}`, `f${number}`), `round ${round}`);
  }
  await index.rescan();
}
