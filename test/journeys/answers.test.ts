/** What people are answered who ask for what is not theirs, is not there, or is done already. */
import { once } from "node:events";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { homes, Somebody } from "./person.ts";

test("whoever asks for what is theirs already, is not theirs or is not there reads which of these it is", async () => {
  const where = homes();
  const [alice, bob] = [new Somebody("alice", where), new Somebody("bob", where)];
  for (const who of [alice, bob]) {
    mkdirSync(join(who.home, "Notes"));
    writeFileSync(join(who.home, "Notes", "a.txt"), `by ${who.home}`);
  }
  const ended = async (who: Somebody, line: string, code: number, said: RegExp) => {
    const { code: was, out, err } = await who.types(`natster ${line}`);
    expect(was, `${line}\n${out}${err}`).toBe(code);
    expect(`${out}${err}`, line).toMatch(said);
    return out;
  };
  const keyOf = async (who: Somebody) => (await who.types("natster whoami --json | jq -r .account")).out.trim();
  await ended(alice, "up --background --registration open --handle alice", 0, /^ready/);
  const page = (await alice.types("natster whoami --json | jq -r .page")).out.trim();
  await ended(bob, `init ${page} --handle bob`, 0, /you are @bob/);
  // A second account is made by whoever asks for one by name.
  await ended(bob, `init ${page} --handle bob`, 1, /you are @bob on \S+ since \d\d:\d\d, as context local/);

  // What is not shared with the rest is said to whoever shares it.
  symlinkSync("nowhere", join(alice.home, "Notes", "dangling"));
  const leftOut = /1 thing left out; \S+natster\.log says why/;
  await ended(alice, "share Notes", 0, leftOut);
  await ended(alice, "status", 0, leftOut);
  await ended(alice, "doctor", 0, leftOut);
  const bobs = await keyOf(bob);
  await ended(alice, `share notes ${await keyOf(alice)}`, 1, /that is yourself/);
  await ended(alice, `share notes ${bobs.slice(0, -1)}${bobs.endsWith("A") ? "B" : "A"}`, 2, /expected @handle/);
  await ended(alice, "share notes bob", 2, /did you mean @bob\?/);
  await ended(alice, "share notes @nobody", 1, /nobody on this system is @nobody/);

  await ended(bob, "ls @alice/notes", 1, /@alice\/notes is not shared with you/);
  await ended(alice, `share notes ${bobs}`, 0, /takes it back/);
  await ended(bob, "ls @alice/notes", 1, /is offered to you, and you have not accepted it/);
  await ended(bob, "inbox", 0, /● {2}@alice\/notes/);
  await ended(bob, "accept @alice/notes", 0, /accepted @alice\/notes/);
  await ended(bob, "get @alice/notes/none.txt", 1, /there is no none\.txt in @alice\/notes/);
  await ended(bob, "activity", 0, /imported +notes/);

  // A catalog of one's own may have the same name, and nobody serves it here.
  await ended(bob, "catalog new notes Notes", 0, /notes/);
  expect(await ended(bob, "ls", 0, /CATALOG/)).toMatch(/^○ {2}notes +mine[^]*^● {2}@alice\/notes +shared with me/m);
  await ended(bob, "ls notes", 1, /nobody serves notes at this moment/);
  await ended(bob, "cat @alice/notes/a.txt", 0, new RegExp(`by ${alice.home}`));

  await ended(alice, "unshare notez @bob", 1, /you have no catalog notez/);
  // Whoever follows it is told when it is taken back.
  const following = bob.runs(["get", "@alice/notes", "followed", "--watch"]);
  let said = "";
  following.stderr?.on("data", (text: Buffer) => (said += text.toString()));
  const end = once(following, "close");
  await expect.poll(() => said, { timeout: 20_000 }).toContain("watching");
  await ended(alice, "unshare notes @bob", 0, /no more/);
  expect(await end).toEqual([1, null]);
  expect(said).toMatch(/^natster: @alice\/notes is not shared with you any more$/m);
  await ended(alice, "unshare notes @bob", 1, /never was, or it was taken back/);

  // A device that serves and was revoked is another one after the next start.
  await ended(
    alice,
    "devices revoke $(natster devices --json | jq -r '.devices[]|select(.role==\"server\").user')",
    0,
    /serving/,
  );
  await ended(alice, "down", 0, /stopped/);
  await ended(alice, "ls", 1, /next: +natster up$/m);
  await ended(alice, "up --background", 0, /1 folder served/);
  await ended(alice, "cat notes/a.txt", 0, /^by /);
}, 900_000);
