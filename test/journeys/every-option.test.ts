/** What every command may be told: how long to wait, and to be quiet. */
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { lines } from "./lines.ts";
import { homes, Somebody } from "./person.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");

/** Somebody with a folder, and how they type what has to work. */
function furnished(name: string, where: string) {
  const who = new Somebody(name, where);
  mkdirSync(join(who.home, "Photos"));
  cpSync(sample, join(who.home, "Photos"), { recursive: true });
  const done = async (line: string) => {
    const { code, out, err } = await who.types(line);
    expect(code, `${line}\n${out}${err}`).toBe(0);
    return { out, err };
  };
  return { who, done };
}

test("every command that asks a system waits for an answer as long as it is told", async () => {
  const { who: alice, done } = furnished("alice", homes());
  await done("natster up --background && natster share Photos --json");
  const { out: pid } = await done("natster status --json | jq .system.pid");
  const { out: page } = await done("natster whoami --json | jq -r .page");
  // nats-server goes on; whatever is asked is not answered.
  process.kill(Number(pid), "SIGSTOP");
  onTestFinished(() => void process.kill(Number(pid), "SIGCONT"));

  const asking = Object.entries(lines).filter(([, { alone, waits }]) => !alone && !waits);
  const one = async () => {
    for (let next = asking.shift(); next; next = asking.shift()) {
      const [name, { told }] = next;
      const line = `--timeout 0.5 ${name} ${told.replace("http://127.0.0.1:9/", page.trim())}`;
      // Whoever waits longer is ended, with another exit code.
      const { code, out, err } = await alice.types(`timeout 120 "${process.execPath}" "${Somebody.command}" ${line}`);
      expect(code, `${line}\n${out}${err}`).toBe(1);
      expect(`${out}${err}`, line).toMatch(/in time|did not answer in 1 try|no system answers/);
    }
  };
  expect(asking.length).toBeGreaterThan(30);
  await Promise.all([one(), one(), one(), one()]);
  process.kill(Number(pid), "SIGCONT");
  await done("natster ls");
}, 600_000);

test("with --quiet what is done says nothing, a link is all that is said of it, and lists are lists", async () => {
  const where = homes();
  const { done } = furnished("alice", where);
  const { done: byBob } = furnished("bob", where);
  const silent = async (by: typeof done, ...told: string[]) => {
    for (const line of told) expect(await by(`natster --quiet ${line}`), line).toEqual({ out: "", err: "" });
  };
  const one = async (line: string) => {
    const { out, err } = await done(`natster --quiet ${line}`);
    expect(err, line).toBe("");
    expect(out, line).toMatch(/^\S+\n$/);
    return out.trim();
  };

  await silent(done, "up --background --handle alice");
  const link = await one("share Photos");
  await silent(
    byBob,
    `redeem '${link}' --handle bob`,
    "get @alice/photos copy",
    "get @alice/photos copy",
    "get @alice/photos/Welcome.md",
    "drop @alice/photos",
  );
  await one("invite");
  await one("login --no-wait");
  await silent(done, "share photos @bob");
  await silent(byBob, "accept @alice/photos", "rename bobby");
  await silent(
    done,
    "unshare photos @bob",
    "publish photos",
    "unpublish photos",
    "catalog new more Photos/notes",
    "catalog describe more 'what it holds'",
    "catalog rm more",
    "ops rebuild shares",
    "ops retry shares",
    "ops backup log.ndjson",
    "forget @bob",
    "serve --install",
    "serve --uninstall",
  );
  await done("umask 077; echo correct horse battery staple > passphrase");
  await silent(
    done,
    "context export --output me.natster --passphrase-file passphrase",
    "context import me.natster again --passphrase-file passphrase",
    "context use again",
    "devices renew --context again",
    "context rm again --with-key",
    "operator backup operator.natster --passphrase-file passphrase",
    "operator init elsewhere",
    "operator rotate",
  );
  expect((await done("natster --quiet ls")).out).toMatch(/CATALOG/);
  expect((await done("natster --quiet cat photos/Welcome.md")).err).toBe("");
  await silent(done, "down");
}, 600_000);
