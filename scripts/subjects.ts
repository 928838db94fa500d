/**
 * Writes the pages that are made from the code: `node scripts/subjects.ts`; with `--check` it only compares.
 * docs/subjects.md: everything on it is a value of packages/contracts, the comment above one, or what nats-server is told
 * because of one. docs/guide/json.md: what each command prints with `--json`.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { jsonPage } from "./json.ts";
import { borders } from "./subjects/borders.ts";
import { buckets, events, timers } from "./subjects/log.ts";
import { kit, services } from "./subjects/services.ts";
import { words } from "./subjects/words.ts";

const root = join(import.meta.dirname, "..");

const subjects = `# Subjects

What is said on which subject, to whom, and what comes back. This page is made from \`packages/contracts\` by
\`npm run docs\`; \`npm run verify\` fails where it is out of date. A running system says the same of itself:
\`nats micro ls\`, \`nats micro info NAME\`.

${[services(), kit(), events(), timers(), buckets(), borders(), words()].join("\n\n")}
`;

const pages = { "docs/subjects.md": subjects, "docs/guide/json.md": await jsonPage() };

const there = (page: string) => {
  try {
    return readFileSync(join(root, page), "utf8");
  } catch {
    return "";
  }
};
for (const [page, text] of Object.entries(pages)) {
  if (!process.argv.includes("--check")) {
    mkdirSync(dirname(join(root, page)), { recursive: true });
    writeFileSync(join(root, page), text);
  } else if (there(page) !== text) {
    console.error(`${page} is not what the code says. Write it again with: npm run docs`);
    process.exitCode = 1;
  }
}
