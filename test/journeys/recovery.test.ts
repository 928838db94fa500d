/** docs/recovery.md, as it stands: a laptop is lost, and whoever has the sealed file is the same person on another machine. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { homes, Somebody } from "./person.ts";

const root = join(import.meta.dirname, "..", "..");
const page = readFileSync(join(root, "docs", "recovery.md"), "utf8");
const [whileWell = "", afterLoss = ""] = [...page.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block = ""]) => block);

test("the commands of docs/recovery.md bring a person back, and nobody locks themselves out meanwhile", async () => {
  const where = homes();
  const alice = new Somebody("alice", where);
  for (const name of ["laptop", "desk", "phone"]) mkdirSync(join(where, name));
  mkdirSync(join(where, "bin"));
  symlinkSync(process.env["NATS_SERVER_BIN"] ?? "nats-server", join(where, "bin", "nats-server"));
  symlinkSync(process.execPath, join(where, "bin", "node"));
  const cli = join(root, "packages", "cli", "bin", "natster.mjs");
  writeFileSync(join(where, "bin", "natster"), `#!/bin/sh\nexec node ${cli} "$@"\n`, { mode: 0o755 });
  writeFileSync(join(where, "laptop.sh"), whileWell);
  // It waits for the phone, which is not there.
  writeFileSync(join(where, "desk.sh"), afterLoss.replace(/^natster login/m, "timeout 3 natster login || true"));
  writeFileSync(
    join(where, "everything.sh"),
    `ip link set lo up
     unset -f natster; export PATH="${join(where, "bin")}:$PATH" NATSTER_PASSPHRASE='correct horse battery staple'
     # A machine of its own, with its own name and its own home.
     on() { machine=$1; shift; (cd "${where}/$machine"; HOME="$PWD" unshare --uts bash -ec "hostname $machine; $*"); }
     on alice natster up --background --handle alice
     link=$(on alice "natster invite --json" | jq -r .link)
     on laptop "natster redeem '$link' --handle bob; . ../laptop.sh"

     cp "${where}/laptop/me.natster" "${where}/desk/"
     on desk ". ../desk.sh"
     on desk "natster whoami --json" > bob.json
     on desk "natster devices --json" > devices.json
     ! on laptop "natster ls" 2> lost.txt
     ! on desk "natster devices revoke 'root on desk'" 2> last.txt
     on desk "natster devices renew"

     # Whoever runs the system, too: their device is revoked by another of theirs, and the system starts all the same.
     link=$(on alice "natster login --role owner --name phone --no-wait --json" | jq -r .link)
     on phone "natster redeem '$link'"
     ! on alice "natster devices revoke 'root on alice'" 2> owner.txt
     on phone "natster devices revoke 'root on alice'"
     on alice "natster down"
     on alice "natster up --background"
     on alice "natster whoami --json" > alice.json
     on alice "natster down"`,
  );
  const { code, out, err } = await alice.types("set -eo pipefail; . ../everything.sh", { namespaces: true });
  const told = `${out}\n${err}`;
  const said = (name: string) => readFileSync(join(alice.home, name), "utf8");

  expect(code, told).toBe(0);
  expect(JSON.parse(said("bob.json"))).toMatchObject({ handle: "bob" });
  const { devices } = JSON.parse(said("devices.json"));
  expect(devices).toMatchObject([{ name: "root on desk", role: "owner", thisOne: true }]);
  expect(said("lost.txt")).toMatch(/this device was revoked\n +next: +natster devices renew/);
  expect(said("last.txt")).toContain("the only device that your account has left");
  expect(said("owner.txt")).toContain("this is the device of whoever runs the system");
  expect(JSON.parse(said("alice.json"))).toMatchObject({ handle: "alice" });
}, 900_000);
