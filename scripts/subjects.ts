/**
 * Writes docs/subjects.md from the contracts: `node scripts/subjects.ts`; with `--check` it only compares. Everything on
 * that page is a value of packages/contracts, the comment above one, or what nats-server is told because of one.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { borders } from "./subjects/borders.ts";
import { buckets, events, timers } from "./subjects/log.ts";
import { kit, services } from "./subjects/services.ts";
import { words } from "./subjects/words.ts";

const root = join(import.meta.dirname, "..");
const page = join(root, "docs", "subjects.md");

const text = `# Subjects

What is said on which subject, to whom, and what comes back. This page is made from \`packages/contracts\` by
\`npm run docs\`; \`npm run verify\` fails where it is out of date. A running system says the same of itself:
\`nats micro ls\`, \`nats micro info NAME\`.

${[services(), kit(), events(), timers(), buckets(), borders(), words()].join("\n\n")}
`;

const there = () => {
  try {
    return readFileSync(page, "utf8");
  } catch {
    return "";
  }
};
if (!process.argv.includes("--check")) {
  writeFileSync(page, text);
} else if (there() !== text) {
  console.error(`${relative(root, page)} is not what the contracts say. Write it again with: npm run docs`);
  process.exitCode = 1;
}
