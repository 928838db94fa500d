/** What `ops backup` and `ops restore` have in common: a file, a system, and how far it is. */
import { resolve } from "node:path";
import { findNatsServer } from "@natster/nats-server";
import type { LogOptions } from "@natster/standalone";
import * as z from "zod";
import { systemDirectory } from "../context/paths.ts";
import type { Call } from "../define.ts";
import { showCount } from "../output/progress.ts";
import { notBy, vouching } from "./believed.ts";
import { sayOfLog } from "./log-errors.ts";
import { PathTyped } from "../typed.ts";

export const LogFile = z.object({
  file: PathTyped,
  dir: PathTyped.optional(),
  server: z.array(z.string()).optional(),
});

export const logFileOptions = [
  ["--dir <directory>", "of the system, or of the operator; this machine's unless named"],
  ["--server <url...>", "addresses of its nats-servers, where they are not on this machine"],
] as const;

/** Moves a log one way or the other, and shows how far it is. Throws `Failure`, and what `move` throws. */
export async function moveLog<T>(
  move: (path: string, options: LogOptions) => Promise<T>,
  { file: typed, dir, server }: z.output<typeof LogFile>,
  { globals: { ca }, ui, signal }: Pick<Call<unknown, unknown>, "globals" | "ui" | "signal">,
): Promise<{ readonly file: string; readonly directory: string; readonly summary: T }> {
  const [file, directory] = [resolve(typed), resolve(dir ?? systemDirectory())];
  using progress = showCount(ui, "events");
  const { path: binary } = await findNatsServer({ tell: (slow) => ui.note(slow) });
  const elsewhere = server && { servers: server, ca: vouching(ca) };
  const options = { directory, signal, binary, onProgress: progress.update, ...elsewhere };
  const moved = move(file, options).catch((error: unknown) => {
    throw notBy(ca, error);
  });
  return { file, directory, summary: await sayOfLog(moved, file) };
}
