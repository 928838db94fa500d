import { existsSync } from "node:fs";
import { readdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { AccountKey } from "@natster/contracts";
import { openInstallation, serverConfigFile, settingsFolder, writeOperatorFiles } from "@natster/standalone";
import * as z from "zod";
import { keyInWaiting } from "../../context/context.ts";
import { makePrivate } from "../../context/files.ts";
import { defineCommand } from "../../define.ts";
import { Failure, UsageError } from "../../failure.ts";
import { contextNameFor } from "../../system/join.ts";
import { ListenTyped } from "../../system/listen.ts";
import { PathTyped } from "../../typed.ts";

export default defineCommand({
  about:
    "Make an operator and all that a system of several machines needs of it: keys, account JWTs, creds and settings for each service, and a configuration from which nats-server starts as it is. natster up does all of it by itself for one machine.",
  arguments: [["<directory>", "where it is written; it must be empty or not there"]],
  options: [
    ["--listen <host:port>", "where nats-server listens for clients (default: 127.0.0.1:4222)"],
    ["--tls-cert <file>", "certificate for clients, in PEM"],
    ["--tls-key <file>", "its key, in PEM"],
    ["--server <url>", "the address under which services and people find nats-server, where it is another"],
    ["--websocket <host:port>", "where it listens for the service web alone (default: 127.0.0.1:9222)"],
    ["--monitor <host:port>", "where it tells how it is (default: 127.0.0.1:8222)"],
    ["--page <host:port>", "where the service web listens (default: 127.0.0.1:8080)"],
    ["--public-url <url>", "the page's address as people have it, where it is another"],
    ["--registration <policy>", "who may register: code, open or closed (default: code)"],
    ["--administrator <account...>", "who administers; whoever types this unless named"],
    ["--partitions <count>", "in how many parts the log is projected (default: 1)"],
  ],
  examples: [
    ["natster operator init ./operator", "then take operator/offline to a safe place"],
    [
      "natster operator init ./operator --listen 0.0.0.0:4222 --tls-cert cert.pem --tls-key key.pem --server tls://nats.example.org:4222 --public-url https://files.example.org/",
      "for people elsewhere",
    ],
  ],
  deed: true,
  input: z.object({
    directory: PathTyped,
    listen: ListenTyped.prefault("127.0.0.1:4222"),
    tlsCert: PathTyped.optional(),
    tlsKey: PathTyped.optional(),
    server: z.url({ protocol: /^(nats|tls)$/, error: "expected nats://… or tls://…" }).optional(),
    websocket: ListenTyped.prefault("127.0.0.1:9222"),
    monitor: ListenTyped.prefault("127.0.0.1:8222"),
    page: ListenTyped.prefault("127.0.0.1:8080"),
    publicUrl: z.url({ protocol: /^https?$/, error: "expected an http or https URL" }).optional(),
    registration: z.enum(["open", "code", "closed"]).default("code"),
    administrator: z.array(AccountKey).optional(),
    partitions: z.coerce.number().int().min(1).max(16).optional(),
  }),
  output: z.strictObject({
    directory: z.string(),
    platform: AccountKey,
    systemAccount: AccountKey,
    administrators: z.array(AccountKey),
    /** nats-server's configuration. */
    config: z.string(),
    creds: z.string(),
    /** The folder with the settings of each service. */
    settings: z.string(),
    page: z.url(),
  }),
  async run({ input, globals, say }) {
    const { listen, tlsCert, tlsKey, server, websocket, monitor, registration, partitions } = input;
    if ((tlsCert === undefined) !== (tlsKey === undefined))
      throw new UsageError("--tls-cert and --tls-key belong together");
    const tls = tlsCert && tlsKey ? { cert: resolve(tlsCert), key: resolve(tlsKey) } : undefined;
    for (const file of tls ? [tls.cert, tls.key] : [])
      if (!existsSync(file)) throw new Failure(`there is no ${file}`, { next: "look at how it is written" });
    const directory = resolve(input.directory);
    if ((await readdir(directory).catch(() => [])).length > 0) {
      throw new Failure(`${directory} is not empty, and an operator is made once`, {
        next: "natster operator init ANOTHER",
      });
    }
    await makePrivate(directory);
    const webListen = `${input.page.host.includes(":") ? `[${input.page.host}]` : input.page.host}:${input.page.port}`;
    const page = new URL(input.publicUrl ?? `http://${webListen}/`).href;
    const administrators = input.administrator ?? [await ownAccount(globals.context, page)];
    const settings = {
      administrators,
      registration,
      webListen,
      ...(input.publicUrl !== undefined && { publicUrl: input.publicUrl }),
    };
    const installation = await orNothing(directory, async () => {
      const made = await openInstallation(directory, partitions);
      await writeOperatorFiles(directory, made, {
        clients: listen,
        websocket,
        monitor,
        ...(tls && { tls }),
        ...(server !== undefined && { url: server }),
        settings,
      });
      return made;
    });
    const { platform, systemAccount } = installation;
    say({
      directory,
      platform,
      systemAccount,
      administrators,
      config: serverConfigFile(directory),
      creds: join(directory, "creds"),
      settings: settingsFolder(directory),
      page,
    });
  },
  show({ directory, platform, config, settings, page }, ui) {
    ui.out(`made an operator in ${directory}; the platform is ${platform}`);
    ui.out(`nats-server --config ${config}`);
    ui.out(`natster operator provision ${directory}`);
    ui.out(`Each service gets its own file of ${settings}, and the creds that it names.`);
    ui.out(`natster init ${page} then registers whoever administers.`);
    ui.out(
      `Take ${directory}/offline to a safe place: no running process needs it, and whoever has it has the system.`,
    );
  },
});

/** Fills a directory that was empty; where that fails it is empty again, so that the same again is not in its own way. */
async function orNothing<T>(directory: string, fill: () => Promise<T>): Promise<T> {
  try {
    return await fill();
  } catch (error) {
    for (const name of await readdir(directory)) await rm(join(directory, name), { recursive: true, force: true });
    throw error;
  }
}

/** The account that whoever types this will register with: its key waits where `natster init` looks for it. */
async function ownAccount(context: string | undefined, page: string): Promise<AccountKey> {
  return (await keyInWaiting(context ?? (await contextNameFor(page)))).key.public;
}
