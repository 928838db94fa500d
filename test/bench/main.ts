/** Runs a bench: `npm run bench -- NAME [--rounds N] [--json]`. A goal that is missed is exit code 1. */
import { parseArgs } from "node:util";
import { type Bench, report } from "./harness.ts";

interface Written {
  readonly bench: Bench;
  /** How many rounds are enough, where one takes long. */
  readonly usualRounds?: number;
}

/** Every bench by its name. */
const benches: Readonly<Record<string, () => Promise<Written>>> = {
  micro: () => import("./micro.ts"),
  log: () => import("./log.ts"),
  codes: () => import("./codes.ts"),
  transfer: () => import("./transfer.ts"),
  index: () => import("./index.ts"),
  listing: () => import("./listing.ts"),
  cli: () => import("./cli.ts"),
  page: () => import("./page.ts"),
  cluster: () => import("./cluster.ts"),
};

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false }, rounds: { type: "string" } },
  allowPositionals: true,
});
const [name = ""] = positionals;
const load = benches[name];
if (load) {
  const { bench, usualRounds = 9 } = await load();
  const rounds = Number(values.rounds ?? usualRounds);
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds: expected a whole number, not ${values.rounds}`);
  const rows = await bench({ rounds });
  report(name, rows, values);
  if (rows.some(({ met }) => !met)) process.exitCode = 1;
} else {
  console.error(
    `usage: npm run bench -- NAME [--rounds N] [--json], where NAME is one of: ${Object.keys(benches).join(" ")}`,
  );
  process.exitCode = 1;
}
