/** Runs a bench: `npm run bench -- NAME [--rounds N] [--json]`. A goal that is missed is exit code 1. */
import { parseArgs } from "node:util";
import { type Bench, report } from "./harness.ts";

/** Every bench by its name; those without one are to come. */
const benches: Readonly<Record<string, (() => Promise<{ readonly bench: Bench }>) | undefined>> = {
  micro: () => import("./micro.ts"),
  log: undefined,
  codes: () => import("./codes.ts"),
  transfer: undefined,
  index: () => import("./index.ts"),
  cli: undefined,
  page: () => import("./page.ts"),
  cluster: undefined,
};

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false }, rounds: { type: "string", default: "9" } },
  allowPositionals: true,
});
const [name = ""] = positionals;
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new Error(`--rounds: expected a whole number, not ${values.rounds}`);

const load = benches[name];
if (load) {
  const { bench } = await load();
  const rows = await bench({ rounds });
  report(name, rows, values);
  if (rows.some(({ met }) => !met)) process.exitCode = 1;
} else {
  const written = Object.keys(benches).filter((each) => benches[each]);
  console.error(
    name in benches
      ? `bench ${name} is not written yet; there is: ${written.join(" ")}`
      : `usage: npm run bench -- NAME [--rounds N] [--json], where NAME is one of: ${Object.keys(benches).join(" ")}`,
  );
  process.exitCode = 1;
}
