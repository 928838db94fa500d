/** What `prepare` is told. Said once, it holds: another run that is told nothing of it changes nothing of it. */
import { join } from "node:path";
import { parseEnv } from "node:util";
import { readIfThere } from "@natster/files/if-there";
import { readConfig } from "@natster/micro";
import { put } from "./put.ts";
import { type PrepareSettings, prepareSettings } from "./settings.ts";

/** What is kept. In how many parts the log is projected the installation keeps itself. */
const names = [
  "NATSTER_SERVERS",
  "NATSTER_HOSTS",
  "NATSTER_PUBLIC_URL",
  "NATSTER_ADMINISTRATORS",
  "NATSTER_REGISTRATION",
] as const;

/** What holds now, and what of it whoever runs the system should know. */
export interface Recalled {
  readonly settings: PrepareSettings;
  readonly notes: readonly string[];
}

/**
 * What was told now and, where nothing is said, before. An empty variable says nothing; `none` is an empty list.
 * @throws ConfigError where something that was told is wrong.
 */
export async function recall(env: NodeJS.ProcessEnv): Promise<Recalled> {
  const { NATSTER_STATE: state } = readConfig(prepareSettings.pick({ NATSTER_STATE: true }), env);
  const before = parseEnv((await readIfThere(fileIn(state))) ?? "");
  const now = Object.fromEntries(Object.entries(env).filter(([, value]) => value));
  const settings = readConfig(prepareSettings, { ...before, ...now });
  const [usual, holds] = [textOf(prepareSettings.parse({})), textOf(settings)];
  const notes = names.flatMap((name) => {
    const was = before[name];
    if (was === undefined) return [];
    if (was !== holds[name]) return [`${name} is ${holds[name]} now, and was ${was}: services read it when they start`];
    return now[name] === undefined && was !== usual[name] ? [`${name} stays ${was}: nothing else was said`] : [];
  });
  return { settings, notes };
}

/** Keeps what holds for the next time. */
export async function remember(settings: PrepareSettings): Promise<void> {
  const lines = Object.entries(textOf(settings)).map(([name, value]) => `${name}=${value}\n`);
  await put(fileIn(settings.NATSTER_STATE), lines.join(""));
}

const fileIn = (state: string): string => join(state, "keys", "settings.env");

/** As a variable says it. */
const textOf = (settings: PrepareSettings): Record<(typeof names)[number], string> => ({
  NATSTER_SERVERS: settings.NATSTER_SERVERS.join(","),
  NATSTER_HOSTS: settings.NATSTER_HOSTS.join(",") || "none",
  NATSTER_PUBLIC_URL: settings.NATSTER_PUBLIC_URL,
  NATSTER_ADMINISTRATORS: settings.NATSTER_ADMINISTRATORS.join(",") || "none",
  NATSTER_REGISTRATION: settings.NATSTER_REGISTRATION,
});
