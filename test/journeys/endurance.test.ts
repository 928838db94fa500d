/** What goes on when something ends, and what ends when somebody asks it to. */
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { homes, Somebody } from "./person.ts";

const systemOf = ({ home }: Somebody) => join(home, ".local", "share", "natster", "system");

/** The processes of this machine of which a file below /proc has this in it. */
const processesWith = (text: string, file = "cmdline"): number[] =>
  readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(join("/proc", pid, file), "utf8").includes(text);
      } catch {
        return false;
      }
    })
    .map(Number);

async function done(who: Somebody, line: string): Promise<string> {
  const { code, out, err } = await who.types(line);
  expect(code, `${line}\n${out}${err}`).toBe(0);
  return out;
}

const soon = { timeout: 120_000, interval: 200 };

test("a nats-server that is killed is started again, and everybody goes on", async () => {
  const alice = new Somebody("alice", homes());
  mkdirSync(join(alice.home, "Notes"));
  writeFileSync(join(alice.home, "Notes", "a.txt"), "the sea");
  await done(alice, "natster up --background && natster share Notes --json");
  const follower = alice.runs(["watch", "--json"]);
  follower.stdout?.setEncoding("utf8");

  const server = processesWith(join(systemOf(alice), "nats", "nats-server.conf")).find(
    (pid) => readFileSync(join("/proc", String(pid), "comm"), "utf8").trim() === "nats-server",
  );
  expect(server).toBeGreaterThan(0);
  if (server !== undefined) process.kill(server, "SIGKILL");
  await expect
    .poll(() => readFileSync(join(systemOf(alice), "up.log"), "utf8"), soon)
    .toContain("nats-server has ended by itself (SIGKILL); it is started again");

  await expect.poll(async () => (await alice.types("natster cat notes/a.txt --timeout 60")).out, soon).toBe("the sea");
  // Who was connected is connected again, and hears what happens.
  const heard = once(follower.stdout ?? process.stdin, "data");
  await expect
    .poll(async () => {
      await alice.types("natster catalog describe notes 'by the sea'; natster catalog describe notes 'by the lake'");
      return Promise.race([heard.then(([line]) => String(line)), new Promise((resolve) => setTimeout(resolve, 2_000))]);
    }, soon)
    .toContain('"catalog"');
}, 600_000);

test("a start that cannot finish ends at the first signal, and leaves nothing running", async () => {
  const alice = new Somebody("alice", homes());
  const lame = join(alice.home, "nats-server");
  // Says what it is, and then never comes up.
  writeFileSync(lame, '#!/bin/sh\ncase "$*" in *-v*) exec "$REAL" "$@" ;; esac\nexec sleep 4321.5\n');
  chmodSync(lame, 0o755);
  const child = alice.runs(["up"], { NATS_SERVER_BIN: lame, REAL: process.env["NATS_SERVER_BIN"] ?? "nats-server" });
  let said = "";
  child.stdout?.on("data", (text: Buffer) => (said += text.toString()));
  child.stderr?.on("data", (text: Buffer) => (said += text.toString()));
  const ended = once(child, "exit");
  await expect.poll(() => existsSync(join(systemOf(alice), "nats", "nats-server.conf")), soon).toBe(true);
  await expect.poll(() => processesWith("sleep\u00004321.5").length, soon).toBe(1);
  child.kill("SIGINT");
  expect(await ended, said).toEqual([130, null]);
  expect(said).not.toMatch(/^\s+at /m);
  await expect.poll(() => processesWith("sleep\u00004321.5"), soon).toEqual([]);
  // The same again, with a nats-server that comes up, goes on where that one was.
  await done(alice, "natster up --background && natster whoami");
}, 600_000);

test("a directory of a newer Natster is refused by name, and stays as it is", async () => {
  const alice = new Somebody("alice", homes());
  const settings = join(systemOf(alice), "system.json");
  mkdirSync(systemOf(alice), { recursive: true });
  writeFileSync(settings, '{"version":99}');
  const { code, err } = await alice.types("natster up");
  expect(code).toBe(1);
  expect(err).toContain("newer Natster (version 99");
  expect(err).toMatch(/next: +install the newer Natster/);
  expect(readFileSync(settings, "utf8")).toBe('{"version":99}');
}, 240_000);

test("folders are served by several processes, one of them as systemd would start it, and a third account reads what is public", async () => {
  const where = homes();
  const [alice, bob, carol] = ["alice", "bob", "carol"].map((name) => new Somebody(name, where));
  if (!alice || !bob || !carol) throw new Error("nobody");
  mkdirSync(join(bob.home, "Plans"));
  writeFileSync(join(bob.home, "Plans", "a.txt"), "the sea");
  await done(alice, "natster up --background --registration open --handle alice");
  const page = (await done(alice, "natster whoami --json | jq -r .page")).trim();
  for (const [who, name] of [
    [bob, "bob"],
    [carol, "carol"],
  ] as const)
    await done(who, `natster init ${page} --handle ${name}`);
  await done(bob, "natster catalog new plans Plans -q && natster publish plans");

  const installed = await done(bob, "natster serve --install");
  expect(installed).toContain("systemctl --user");
  const unit = join(bob.home, ".config", "systemd", "user", "natster-serve-local.service");
  const command = /^ExecStart=(.*)$/m.exec(readFileSync(unit, "utf8"))?.[1] ?? "";
  const services = [bob.starts(`exec ${command}`), bob.runs(["serve", "--workers", "3"])];
  const ends = services.map((each) => once(each, "exit"));
  const instances = async () => (await bob.types("natster status --json")).out;
  await expect.poll(instances, soon).toContain('"catalog":"plans","files":1');

  await done(carol, "natster accept @bob/plans && natster get @bob/plans");
  expect(readFileSync(join(carol.home, "plans", "a.txt"), "utf8")).toBe("the sea");
  // One of two may end: the other answers.
  services[0]?.kill("SIGTERM");
  expect(await ends[0]).toEqual([0, null]);
  expect(await done(carol, "natster cat @bob/plans/a.txt")).toBe("the sea");
  // Of a service in several processes each is kept running, and all of them end with it.
  const others = () => {
    const of = processesWith(`HOME=${bob.home}\0`, "environ");
    return processesWith("NATSTER_WORKER=1", "environ").filter((pid) => of.includes(pid));
  };
  await expect.poll(others, soon).toHaveLength(2);
  const [lost = 0] = others();
  process.kill(lost, "SIGKILL");
  await expect.poll(() => others().filter((pid) => pid !== lost), soon).toHaveLength(2);
  expect(await done(carol, "natster cat @bob/plans/a.txt")).toBe("the sea");
  services[1]?.kill("SIGTERM");
  expect(await ends[1]).toEqual([0, null]);
  expect(others()).toEqual([]);
  // What was hashed once is known to whichever process comes after.
  const log = join(bob.home, ".config", "natster", "contexts", "local", "serving.log");
  const indexed = () => readFileSync(log, "utf8").match(/"msg":"indexed"/g)?.length ?? 0;
  const before = indexed();
  expect(before).toBeGreaterThan(0);
  const killed = bob.runs(["serve", "--workers", "2"]);
  await expect.poll(others, soon).toHaveLength(1);
  expect(indexed()).toBe(before);
  killed.kill("SIGKILL");
  await expect.poll(others, soon).toEqual([]);

  await done(bob, "natster unpublish plans && natster serve --uninstall");
  expect(existsSync(unit)).toBe(false);
}, 600_000);
