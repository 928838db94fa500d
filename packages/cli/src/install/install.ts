/** Serving as a service of this user: `natster serve --install`, and taking it away again. */
import { existsSync } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "@natster/files/make-folder";
import * as z from "zod";
import { type Context, ContextName } from "../context/context.ts";
import type { Ui } from "../output/ui.ts";
import { systemctl, unitsDirectory } from "./systemd.ts";
import { renderUnit, type ServingUnit, unitName } from "./unit.ts";

export const Installed = z.strictObject({
  context: ContextName,
  /** The unit's file. */
  unit: z.string(),
  /** Whether it is there now. */
  installed: z.boolean(),
  /** Whether systemd was told. */
  told: z.boolean(),
  /** Why it was not, or did not do it. */
  problem: z.string().optional(),
});
export type Installed = z.output<typeof Installed>;

/** What the service needs to find what this process found. */
const needed = ["XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "NODE_EXTRA_CA_CERTS"] as const;

/** Writes the unit and has systemd start it, now and at each sign-in. Done again, it is written anew. */
export async function installUnit(
  { name }: Context,
  folders: ServingUnit["folders"],
  workers: number,
  limitRate?: number,
): Promise<Installed> {
  const unit = join(unitsDirectory(), unitName(name));
  makeFolder(unitsDirectory());
  const environment = Object.fromEntries(
    needed.flatMap((variable) => (process.env[variable] ? [[variable, process.env[variable]]] : [])),
  );
  const command = [process.execPath, ...process.argv.slice(1, 2)];
  await writeFile(unit, renderUnit({ context: name, command, folders, workers, limitRate, environment }));
  const problem =
    (await systemctl("daemon-reload")) ??
    (await systemctl("enable", unitName(name))) ??
    (await systemctl("restart", unitName(name)));
  return { context: name, unit, installed: true, told: problem === undefined, ...(problem && { problem }) };
}

/** Stops the service and takes its unit away. */
export async function takeAway({ name }: Context): Promise<Installed> {
  const unit = join(unitsDirectory(), unitName(name));
  const there = existsSync(unit);
  const problem = there ? await systemctl("disable", "--now", unitName(name)) : undefined;
  await rm(unit, { force: true });
  if (there && problem === undefined) await systemctl("daemon-reload");
  return { context: name, unit, installed: false, told: problem === undefined, ...(problem && { problem }) };
}

/** Says what to do where systemd could not be told. */
export function showInstalled({ context, unit, installed, told, problem }: Installed, ui: Ui): void {
  const name = unitName(context);
  if (!installed) {
    ui.out(`${unit} is not there any more`);
    if (!told) ui.note(`systemd was not told (${problem}); if it runs: systemctl --user stop ${name}`);
    return;
  }
  ui.out(`${ui.style(told ? "green" : "yellow", "●")} ${unit}`);
  if (told) {
    ui.out(`serving ${context} now, and after each sign-in; its log: journalctl --user -u ${name}`);
    ui.note("loginctl enable-linger has it serve without anybody signed in");
  } else {
    ui.out(`the unit is written, and systemd was not told: ${problem}`);
    ui.out("Where systemd runs for you, do this, signed in as yourself:");
    ui.out(`  systemctl --user daemon-reload && systemctl --user enable --now ${name}`);
    ui.out(`Where it does not, have whatever starts programs here run: natster --context ${context} serve`);
  }
}
