/** docs/operator.md, as it stands: a system set up from what `operator init` wrote, and its signing key retired. */
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { homes, Somebody } from "./person.ts";

const root = join(import.meta.dirname, "..", "..");
const sample = join(root, "sample");

/** The commands of a section of the page. */
function commandsOf(section: string): string {
  const page = readFileSync(join(root, "docs", "operator.md"), "utf8");
  const [, text = ""] = page.split(`\n## ${section}\n`);
  const [here = ""] = text.split("\n## ");
  return [...here.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block).join("\n");
}

test("an operator for whom there is no room leaves nothing behind, and is made once there is", async () => {
  const alice = new Somebody("alice", homes());
  mkdirSync(join(alice.home, "full"));
  const { code, out, err } = await alice.types(
    `set -e; mount -t tmpfs -o size=64k tmpfs full
     ! natster operator init full 2> failed.txt
     ls -A full > left.txt
     mount -o remount,size=4m full
     natster operator init full`,
    { namespaces: true },
  );
  const said = (name: string) => readFileSync(join(alice.home, name), "utf8");
  expect(code, `${out}\n${err}`).toBe(0);
  expect(said("failed.txt")).toMatch(/the disk is full.*\n +next: +df -h, make room, and the same again/);
  expect(said("left.txt")).toBe("");
}, 120_000);

test("the commands of docs/operator.md set a system up, serve people, bring account JWTs back and retire a signing key", async () => {
  const where = homes();
  const [alice, bob] = [new Somebody("alice", where), new Somebody("bob", where)];
  cpSync(sample, join(alice.home, "Photos"), { recursive: true });
  mkdirSync(join(where, "bin"));
  symlinkSync(process.env["NATS_SERVER_BIN"] ?? "nats-server", join(where, "bin", "nats-server"));
  symlinkSync(process.execPath, join(where, "bin", "node"));
  writeFileSync(join(where, "bin", "natster"), `#!/bin/sh\nexec node ${root}/packages/cli/bin/natster.mjs "$@"\n`, {
    mode: 0o755,
  });
  writeFileSync(
    join(where, "everything.sh"),
    `ip link set lo up
     # Programs and no functions, so that what is in the background is theirs, and ends with this shell.
     unset -f natster; export PATH="${join(where, "bin")}:$PATH"
     home="$PWD"; cd "${root}"
     trap 'kill -KILL $(jobs -p)' EXIT
     ${commandsOf("Set up")}
     as_bob() { (cd "${bob.home}"; HOME="$PWD" natster "$@"); }
     as_bob redeem "$(natster invite --json | jq -r .link)" --handle bob
     # The folder is a catalog once the command in the background has made it one.
     until natster share photos @bob; do sleep 1; done
     as_bob accept @alice/photos
     as_bob get @alice/photos
     natster ops status
     accounts=$(cd ~/operator/nats/accounts; echo *.jwt)
     rm ~/operator/nats/accounts/*.jwt
     ${commandsOf("Account JWTs are gone")}
     until (cd ~/operator/nats/accounts; ls $accounts); do sleep 1; done
     before=$(cat ~/operator/operator/signing.seed)
     ${commandsOf("The signing key has to go")}
     [ "$before" != "$(cat ~/operator/operator/signing.seed)" ]
     until as_bob ls @alice/photos; do sleep 1; done
     as_bob whoami --json > "$home/bob.json"`,
  );
  const { code, out, err } = await alice.types("set -eo pipefail; . ../everything.sh", { namespaces: true });
  const told = `${out}\n${err}`;

  expect(code, told).toBe(0);
  expect(JSON.parse(readFileSync(join(alice.home, "bob.json"), "utf8")), told).toMatchObject({ handle: "bob" });
  expect(readFileSync(join(bob.home, "photos", "Welcome.md"))).toEqual(readFileSync(join(sample, "Welcome.md")));
  const operator = join(alice.home, "operator");
  const { operatorJwt } = JSON.parse(readFileSync(join(operator, "installation.json"), "utf8"));
  expect(readFileSync(join(operator, "trust.conf"), "utf8")).toContain(operatorJwt);
  const kept = readdirSync(operator, { recursive: true, encoding: "utf8" }).filter((name) => !name.startsWith("nats/"));
  for (const name of kept) {
    const found = statSync(join(operator, name));
    expect([name, found.mode & 0o777]).toEqual([name, found.isDirectory() ? 0o700 : 0o600]);
  }
}, 600_000);
