/** The unit by which systemd serves an account's folders from the moment that its user signs in. */
import type { CatalogName } from "@natster/contracts";
import { written } from "../rate.ts";

/** What is started, and for whom. */
export interface ServingUnit {
  readonly context: string;
  /** The program and what it is told first: Node, and the command's own file. */
  readonly command: readonly string[];
  /** Folders beside those of the context's list. */
  readonly folders: readonly { readonly catalog: CatalogName; readonly root: string }[];
  /** In how many processes. */
  readonly workers: number;
  /** At how many bytes of content a second, all of them together. */
  readonly limitRate?: number | undefined;
  /** Variables without which it would find other contexts, or no nats-server. */
  readonly environment: Readonly<Record<string, string>>;
}

/** The name of the unit of a context. */
export const unitName = (context: string): string => `natster-serve-${context}.service`;

/** The unit's file. See systemd.service(5) and systemd.exec(5). */
export function renderUnit({ context, command, folders, workers, limitRate, environment }: ServingUnit): string {
  const several = workers > 1 ? ["--workers", String(workers)] : [];
  const limited = limitRate === undefined ? [] : ["--limit-rate", written(limitRate)];
  const named = folders.map(({ catalog, root }) => `${catalog}=${root}`);
  const told = ["--context", context, "serve", ...several, ...limited, ...named];
  return `[Unit]
Description=Natster: folders of context ${context}
Wants=network-online.target
After=network-online.target

[Service]
Type=exec
ExecStart=${[...command, ...told].map(quoted).join(" ")}
${Object.entries(environment)
  .map(([name, value]) => `Environment=${quoted(`${name}=${value}`)}\n`)
  .join("")}# Until the system is reached, and after whatever ends it: for ever, and not too often.
Restart=always
RestartSec=10
# What is being read is read to its end.
TimeoutStopSec=30
SuccessExitStatus=130
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=default.target
`;
}

/** A word of a command line, as systemd reads it: quoted, with `%` and `$` meaning themselves. */
const quoted = (word: string): string =>
  `"${word
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n")
    .replaceAll("%", "%%")
    .replaceAll("$", "$$$$")}"`;
