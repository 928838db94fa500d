/** A system that an older Natster left, started by this one. The homes were made by `older/make.sh`, of real commits. */
import { execFileSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePorts } from "@natster/standalone/free-ports";
import { expect, test } from "vitest";
import * as z from "zod";
import { homes, Somebody } from "./person.ts";

const kept = globSync(join(import.meta.dirname, "older", "*.tgz"));

/** Puts homes where they are to be, with ports that nobody else has here. */
async function unpack(archive: string, where: string): Promise<void> {
  execFileSync("tar", ["-C", where, "-xzf", archive]);
  const file = join(where, "alice", ".local", "share", "natster", "system", "system.json");
  const { ports } = z.object({ ports: z.record(z.string(), z.int()) }).parse(JSON.parse(readFileSync(file, "utf8")));
  const old = Object.values(ports);
  const free = await freePorts(old.length);
  const fresh = new Map(old.map((was, at) => [`${was}`, `${free[at]}`]));
  for (const path of globSync(join(where, "*", ".{config,local}", "**", "*.json"))) {
    const text = readFileSync(path, "utf8").replaceAll("@HOMES@", where);
    writeFileSync(
      path,
      text.replaceAll(/\b\d+\b/g, (number) => fresh.get(number) ?? number),
    );
  }
}

test.each(kept)(
  "what %s left is started, read, shared and written on",
  async (archive) => {
    const where = homes();
    await unpack(archive, where);
    const [alice, bob] = [new Somebody("alice", where), new Somebody("bob", where)];
    const done = async (who: Somebody, line: string) => {
      const { code, out, err } = await who.types(line);
      expect(code, `${line}\n${out}${err}`).toBe(0);
      return out;
    };
    await done(alice, "natster up --background");
    expect(await done(alice, "natster whoami")).toContain("@alice");
    // What was shared is, and what was fetched is known.
    expect(await done(bob, "natster get @alice/notes notes")).toContain("nothing has changed");
    expect(await done(alice, "natster activity --json")).toContain('"registered"');

    writeFileSync(join(alice.home, "Notes", "b.txt"), "the lake");
    await expect.poll(async () => (await bob.types("natster cat @alice/notes/b.txt")).out).toBe("the lake");
    await done(bob, "natster get @alice/notes notes");
    await done(alice, "natster unshare notes @bob && natster share notes @bob && natster share Notes --quiet");
    await done(bob, "natster accept @alice/notes && natster get @alice/notes notes");
    // Each projection takes in what the older one had recorded.
    const { projections } = z
      .object({ projections: z.array(z.object({ projection: z.string(), parked: z.int() })) })
      .parse(JSON.parse(await done(alice, "natster ops status --json")));
    expect(projections.length).toBeGreaterThan(5);
    expect(projections.filter(({ parked }) => parked > 0)).toEqual([]);
    await done(alice, "natster ops rebuild shares && natster down && natster up --background && natster ls");
  },
  300_000,
);
