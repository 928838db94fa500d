import { resolve } from "node:path";
import { AccountKey } from "@natster/contracts";
import { ServedState } from "@natster/contracts/serving";
import { Svcm } from "@nats-io/services";
import { holderOf } from "@natster/standalone";
import * as z from "zod";
import { ContextName, currentName } from "../context/context.ts";
import { systemDirectory } from "../context/paths.ts";
import { defineCommand } from "../define.ts";
import { explain } from "../explain.ts";
import { inALine } from "../explained.ts";
import { counted, moment } from "../output/words.ts";
import { countServed, leftOutOf, servedHere } from "../serving/here.ts";
import { connectAs } from "../system/connect.ts";
import { PathTyped } from "../typed.ts";

const Running = z.strictObject({
  directory: z.string(),
  running: z.boolean(),
  pid: z.int().optional(),
  since: z.iso.datetime().optional(),
  page: z.string().optional(),
});

/** How the account of the context stands on its system. */
const Account = z.strictObject({
  context: ContextName,
  account: AccountKey,
  /** The nats-server that answered; left out where none did. */
  server: z.strictObject({ url: z.string(), version: z.string(), roundTrip: z.number() }).optional(),
  /** The services that answer; administrators see all of them. */
  services: z.array(z.string()),
  /** What this machine serves; left out where no process serves here. */
  served: z.array(ServedState).optional(),
  /** Where the process that serves says what it does, and what it leaves out. */
  log: z.string().optional(),
  /** Why nothing is known. */
  problem: z.string().optional(),
});

export default defineCommand({
  about: "Say what runs on this machine: the system, its services, and the folders that are served.",
  options: [["--dir <directory>", "where the system is kept"]],
  examples: [["natster status", "of this machine and of the context in use"]],
  input: z.object({ dir: PathTyped.optional() }),
  output: z.strictObject({ system: Running, account: Account.optional() }),
  async run({ input, globals, say }) {
    const directory = resolve(input.dir ?? systemDirectory());
    const holder = await holderOf(directory);
    const name = globals.context ?? (await currentName());
    say({
      system: { directory, running: holder !== undefined, ...holder },
      ...(name !== undefined && { account: await look({ ...globals, context: name }) }),
    });
  },
  show({ system, account }, ui) {
    const { running, pid, since, page, directory } = system;
    ui.out(
      running ? `${dot(ui, true)} a system runs in ${directory}` : `${dot(ui, false)} no system runs in ${directory}`,
    );
    if (running)
      ui.out(
        `    process ${pid ?? "?"} since ${since === undefined ? "?" : moment(since)}${page === undefined ? "" : `, page ${page}`}`,
      );
    if (!account) {
      ui.note("no account is in use here; natster up makes one, and natster redeem LINK joins another system");
      return;
    }
    const { server, services, served, log = "", problem } = account;
    if (!server) {
      ui.out(`${dot(ui, false)} context ${account.context}: ${problem ?? "not reached"}`);
      return;
    }
    ui.out(`${dot(ui, true)} context ${account.context}: nats-server ${server.version} in ${server.roundTrip} ms`);
    if (services.length > 0) ui.out(`    services: ${services.join(", ")}`);
    if (!served) ui.out(`${dot(ui, false)} no process serves folders of this machine`);
    else ui.out(`${dot(ui, true)} ${countServed(served)}`);
    for (const { catalog, reason, files } of served ?? []) {
      ui.out(`    ${catalog}: ${reason ?? counted(files, "file")}`);
    }
    const leftOut = leftOutOf(served ?? [], log);
    if (leftOut !== undefined) ui.out(`    ${leftOut}`);
  },
});

const dot = (ui: { style(format: "green" | "dim", text: string): string }, on: boolean): string =>
  on ? ui.style("green", "●") : ui.style("dim", "○");

async function look(globals: Parameters<typeof connectAs>[0]): Promise<z.output<typeof Account>> {
  const { contextFor } = await import("../context/context.ts");
  const { name: context, account, administrator } = await contextFor(globals.context);
  try {
    await using person = await connectAs(globals);
    const began = performance.now();
    await person.connection.flush();
    const roundTrip = Math.round((performance.now() - began) * 10) / 10;
    const services = new Set<string>();
    if (administrator)
      for await (const { name } of await new Svcm(person.connection).client().ping()) services.add(name);
    const here = await servedHere(person, globals.timeout);
    return {
      context,
      account,
      server: {
        url: person.connection.getServer(),
        version: person.connection.info?.version ?? "",
        roundTrip,
      },
      services: [...services].toSorted(),
      ...(here && { served: [...here.served], log: here.log }),
    };
  } catch (error) {
    return { context, account, services: [], problem: inALine(explain(error)) };
  }
}
