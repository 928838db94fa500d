import { constants } from "node:fs";
import { access, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { keep, openWorkshop } from "./cache.ts";
import { runCommand } from "./command.ts";
import type { FoundServer, Search } from "./search.ts";
import { compareVersions, FLOOR_VERSION } from "./version.ts";

/** The suite that gets a new nats-server first. What it needs of the C library is old enough for a stable Debian. */
const SUITE = "sid";
const MIRROR = "http://deb.debian.org/debian";
const KEYRINGS = ["/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp"];
const STEP_WITHIN = 3 * 60_000;

/**
 * Debian's own package, on Debian and its kin: apt fetches it and checks its signature, and it is unpacked into the
 * cache, not installed. Needs no root and changes nothing of the system's: lists, cache and sources are apt's second set.
 */
export async function fromDebian(search: Search): Promise<FoundServer> {
  const env = { ...search.env, LC_ALL: "C" };
  await runCommand("apt-get", ["--version"], { timeout: 10_000, env });
  const keyring = await firstReadable(KEYRINGS);
  if (!keyring) throw new Error(`there is no keyring of Debian in ${KEYRINGS[0]}`);

  await using workshop = await openWorkshop(search);
  const { directory } = workshop;
  const conf = await secondApt(directory, keyring);
  const run = (command: string, ...args: string[]) =>
    runCommand(command, ["-c", conf, ...args], { timeout: STEP_WITHIN, directory, env });

  search.tell(`Fetching the list of packages of Debian ${SUITE}`);
  await run("apt-get", "update", "--error-on=any");
  const offered = /nats-server \|\s*(\S+)/.exec(await run("apt-cache", "madison", "nats-server"))?.[1];
  if (!offered) throw new Error(`Debian ${SUITE} has no nats-server for this machine`);
  // The part before the hyphen is the version of nats-server, after an epoch if there is one.
  const version = offered.replace(/^\d+:/, "").replace(/[-+~].*$/, "");
  if (compareVersions(version, FLOOR_VERSION) < 0) throw new Error(`Debian ${SUITE} has version ${version}, too old`);

  search.tell(`Fetching nats-server ${version} from Debian ${SUITE}`);
  await run("apt-get", "download", `nats-server=${offered}`);
  const packageFile = (await readdir(directory)).find((name) => name.endsWith(".deb"));
  if (!packageFile) throw new Error("apt-get download left no package");
  await runCommand("dpkg", ["-x", packageFile, "unpacked"], { timeout: STEP_WITHIN, directory, env });
  return { ...(await keep(join(directory, "unpacked", "usr", "sbin", "nats-server"), search)), source: "debian" };
}

/**
 * The configuration of an apt that writes only below `directory`. It is read after the system's own, so that a proxy
 * set there still counts; the system's hooks are cleared, as they would touch the system's lists.
 */
async function secondApt(directory: string, keyring: string): Promise<string> {
  const at = (name: string) => join(directory, name);
  for (const folder of ["state/lists/partial", "cache/archives/partial"]) await mkdir(at(folder), { recursive: true });
  await writeFile(at("sources.list"), `deb [signed-by=${keyring}] ${MIRROR} ${SUITE} main\n`);
  const settings = {
    "Dir::State": at("state"),
    "Dir::State::lists": at("state/lists"),
    "Dir::State::status": "/dev/null",
    "Dir::Cache": at("cache"),
    "Dir::Etc::sourcelist": at("sources.list"),
    "Dir::Etc::sourceparts": "/dev/null",
    "Dir::Etc::preferences": "/dev/null",
    "Dir::Etc::preferencesparts": "/dev/null",
    // For root, apt would hand the work to a user who cannot write here.
    "APT::Sandbox::User": "root",
    "APT::Get::AllowUnauthenticated": "false",
    "Acquire::AllowInsecureRepositories": "false",
    "Acquire::Languages": "none",
    "Acquire::Retries": "0",
    "Acquire::http::Timeout": "5",
    "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
    "Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled": "false",
  };
  const hooks = ["APT::Update::Pre-Invoke", "APT::Update::Post-Invoke", "APT::Update::Post-Invoke-Success"];
  const lines = [
    ...hooks.map((hook) => `#clear ${hook};`),
    ...Object.entries(settings).map(([name, value]) => `${name} "${value}";`),
  ];
  await writeFile(at("apt.conf"), `${lines.join("\n")}\n`);
  return at("apt.conf");
}

async function firstReadable(paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) {
    if (
      await access(path, constants.R_OK).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return undefined;
}
