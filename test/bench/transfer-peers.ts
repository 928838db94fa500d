/** Other programs that move files between machines, where they are installed. Each listens on loopback alone. */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { copyFile, mkdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createConnection } from "node:net";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { seconds } from "./errands.ts";

const run = promisify(execFile);

/** Somebody else's way of bringing a file from one folder to another. */
export interface Peer {
  readonly name: string;
  /** Whether nobody between the two machines can read what goes by. */
  readonly encrypts: boolean;
  /** Seconds that it takes for the file to be there. */
  carry(file: string, folder: string): Promise<number>;
}

/** Those that are installed, and the names of those that are not. */
export async function findPeers(): Promise<{ readonly peers: readonly Peer[]; readonly missing: readonly string[] }> {
  const found = await Promise.all(
    all.map(async (peer) => ({ peer, there: await isThere(peer.name.split(" ")[0] ?? "") })),
  );
  return {
    peers: found.filter(({ there }) => there).map(({ peer }) => peer),
    missing: found.filter(({ there }) => !there).map(({ peer }) => peer.name),
  };
}

const path = `${process.env["PATH"]}:${process.env["GOBIN"] ?? join(homedir(), "go/bin")}:/usr/sbin`;
const isThere = (name: string): Promise<boolean> =>
  run("sh", ["-c", `command -v ${name}`], { env: { PATH: path } }).then(
    () => true,
    () => false,
  );

const syncthing: Peer = {
  name: "syncthing",
  encrypts: true,
  async carry(file, folder) {
    await using undo = new AsyncDisposableStack();
    const [sends, receives] = [join(folder, "sends"), join(folder, "receives")];
    for (const each of [sends, receives]) await mkdir(join(each, "files", ".stfolder"), { recursive: true });
    await copyFile(file, join(sends, "files", basename(file)));
    const [from, to] = [await newDevice(sends), await newDevice(receives)];
    await configure(from, to, "sendonly");
    await configure(to, from, "receiveonly");
    undo.use(started("syncthing", ["serve", "--no-browser", "--no-restart", `--home=${sends}`], { HOME: sends }));
    const { size } = await stat(file);
    const there = async (device: Device) => {
      const status = await ask(device, "/rest/db/status?folder=bench");
      return status?.state === "idle" && status.localBytes >= size;
    };
    // What it does to know its own files is done before.
    await until(() => there(from));
    undo.use(started("syncthing", ["serve", "--no-browser", "--no-restart", `--home=${receives}`], { HOME: receives }));
    // From when it begins to fetch: finding one another is not what is measured.
    await until(async () => {
      const status = await ask(to, "/rest/db/status?folder=bench");
      return status !== undefined && (status.state === "syncing" || status.localBytes >= size);
    });
    const took = await seconds(() => until(() => there(to)));
    await undo.disposeAsync();
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
    return took;
  },
};

interface Device {
  readonly home: string;
  readonly id: string;
  readonly gui: number;
  readonly listens: number;
  readonly key: string;
}

async function newDevice(home: string): Promise<Device> {
  await run("syncthing", ["generate", `--home=${home}`, "--no-default-folder"], { env: { PATH: path, HOME: home } });
  const config = await readFile(join(home, "config.xml"), "utf8");
  const id = /<device id="([A-Z0-9-]+)"/.exec(config)?.[1] ?? "";
  return { home, id, gui: port(), listens: port(), key: randomBytes(16).toString("hex") };
}

/** Nothing is looked for, nothing relayed, nothing told: the two know where they are. */
const configure = (own: Device, other: Device, type: "sendonly" | "receiveonly"): Promise<void> =>
  writeFile(
    join(own.home, "config.xml"),
    `<configuration version="36">
  <folder id="bench" label="bench" path="${join(own.home, "files")}" type="${type}" fsWatcherEnabled="false" rescanIntervalS="0">
    <filesystemType>basic</filesystemType>
    <device id="${own.id}"></device><device id="${other.id}"></device>
  </folder>
  <device id="${own.id}" name="own"><address>dynamic</address></device>
  <device id="${other.id}" name="other" compression="never"><address>tcp://127.0.0.1:${other.listens}</address></device>
  <gui enabled="true" tls="false"><address>127.0.0.1:${own.gui}</address><apikey>${own.key}</apikey></gui>
  <options>
    <listenAddress>tcp://127.0.0.1:${own.listens}</listenAddress>
    <globalAnnounceEnabled>false</globalAnnounceEnabled><localAnnounceEnabled>false</localAnnounceEnabled>
    <relaysEnabled>false</relaysEnabled><natEnabled>false</natEnabled><urAccepted>-1</urAccepted>
    <crashReportingEnabled>false</crashReportingEnabled><autoUpgradeIntervalH>0</autoUpgradeIntervalH>
    <startBrowser>false</startBrowser><reconnectionIntervalS>1</reconnectionIntervalS>
    <setLowPriority>false</setLowPriority>
  </options>
</configuration>\n`,
  );

interface Status {
  readonly state: string;
  readonly localBytes: number;
}
const ask = async (device: Device, what: string): Promise<Status | undefined> => {
  const response = await fetch(`http://127.0.0.1:${device.gui}${what}`, {
    headers: { "X-API-Key": device.key },
  }).catch(() => undefined);
  return response?.ok ? ((await response.json()) as Status) : undefined;
};

const croc: Peer = {
  name: "croc through a relay of its own",
  encrypts: true,
  async carry(file, folder) {
    await using undo = new AsyncDisposableStack();
    await mkdir(folder, { recursive: true });
    const base = port();
    const ports = [0, 1, 2, 3, 4].map((number) => base + number);
    const [relay, code] = [`127.0.0.1:${base}`, randomBytes(8).toString("hex")];
    const env = { HOME: folder, CROC_SECRET: code };
    undo.use(started("croc", ["relay", "--host", "127.0.0.1", "--ports", ports.join(",")], env));
    await until(() => listens(base));
    undo.use(started("croc", ["--relay", relay, "--no-compress", "send", "--no-local", file], env));
    // The file was hashed and the code is known to the relay when the sender has gone quiet.
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    const took = await seconds(() =>
      run("croc", ["--yes", "--overwrite", "--relay", relay, "--out", folder], { env: { PATH: path, ...env } }),
    );
    await arrived(join(folder, basename(file)), file);
    await rm(folder, { recursive: true, force: true });
    return took;
  },
};

const rclone = (kind: "http" | "sftp"): Peer => ({
  name: `rclone over ${kind}`,
  encrypts: kind === "sftp",
  async carry(file, folder) {
    await using undo = new AsyncDisposableStack();
    await mkdir(folder, { recursive: true });
    const at = port();
    const env = { HOME: folder };
    const login = kind === "sftp" ? ["--user", "bench", "--pass", "bench"] : [];
    undo.use(started("rclone", ["serve", kind, dirname(file), "--addr", `127.0.0.1:${at}`, ...login], env));
    await until(() => listens(at));
    const { stdout: obscured } = await run("rclone", ["obscure", "bench"], { env: { PATH: path, ...env } });
    const from =
      kind === "http"
        ? `:http,url='http://127.0.0.1:${at}':${basename(file)}`
        : `:sftp,host=127.0.0.1,port=${at},user=bench,pass='${obscured.trim()}':${basename(file)}`;
    const target = join(folder, basename(file));
    const took = await seconds(() => run("rclone", ["copyto", from, target], { env: { PATH: path, ...env } }));
    await arrived(target, file);
    await rm(folder, { recursive: true, force: true });
    return took;
  },
});

const all: readonly Peer[] = [syncthing, croc, rclone("sftp"), rclone("http")];

async function arrived(target: string, file: string): Promise<void> {
  const [got, wanted] = await Promise.all([stat(target), stat(file)]);
  if (got.size !== wanted.size) throw new Error(`${got.size} of ${wanted.size} bytes arrived at ${target}`);
}

/** A process that lives as long as its scope, with whatever it starts itself (Syncthing runs under a monitor). */
function started(command: string, options: readonly string[], env: Record<string, string>): AsyncDisposable {
  const child: ChildProcess = spawn(command, options, { env: { PATH: path, ...env }, stdio: "ignore", detached: true });
  const ended = once(child, "exit");
  return {
    async [Symbol.asyncDispose]() {
      // Its group is named by its own id. What has ended by itself has none any more.
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
      await ended;
    },
  };
}

const port = (): number => randomInt(20_000, 30_000);

const listens = (at: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createConnection(at, "127.0.0.1")
      .on("connect", () => (socket.destroy(), resolve(true)))
      .on("error", () => resolve(false));
  });

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 120_000; !(await holds());) {
    if (Date.now() > end) throw new Error("it did not come about in two minutes");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
