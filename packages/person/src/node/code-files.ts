/**
 * Codes in files: a folder that is its owner's alone, two files for a code, each written once. Several processes may use
 * one folder: what the command line issues, the serving process answers.
 */
import { link, mkdir, open, readdir, rm, unlink } from "node:fs/promises";
import { join } from "node:path";
import { CodeId } from "@natster/contracts";
import { readIfThere, unlessMissing } from "@natster/files/if-there";
import type * as z from "zod";
import { CodeKeptError, CodeRecord, type CodeStore, DecidedClaim } from "../code-record.ts";
import { type ClaimStore, PendingClaim } from "../pending-claim.ts";

/** Keeps issued codes in a folder. What resolves is on disk. */
export function codeFiles(folder: string): CodeStore {
  const record = (id: CodeId) => join(folder, `${id}.json`);
  const claim = (id: CodeId) => join(folder, `${id}.claim.json`);
  return {
    async save(kept) {
      if (!(await writeOnce(folder, record(kept.id), kept))) throw new CodeKeptError(kept.id);
    },
    get: (id) => read(record(id), CodeRecord),
    async ids() {
      const names = await readdir(folder).catch(unlessMissing);
      return (names ?? []).flatMap((name) => CodeId.safeParse(name.replace(/\.json$/, "")).data ?? []);
    },
    async decide(id, decided) {
      await writeOnce(folder, claim(id), decided);
      const stands = await read(claim(id), DecidedClaim);
      if (!stands) throw new Error(`the decision about code ${id} is gone`);
      return stands;
    },
    decided: (id) => read(claim(id), DecidedClaim),
    async remove(id) {
      // The record first: without it nothing is answered, whatever became of the claim.
      await rm(record(id), { force: true });
      await rm(claim(id), { force: true });
    },
  };
}

/** Keeps what was claimed in a folder, until it is answered. */
export function claimFiles(folder: string): ClaimStore {
  const path = (id: CodeId) => join(folder, `${id}.pending.json`);
  return {
    load: (id) => read(path(id), PendingClaim),
    async save(claim) {
      await rm(path(claim.id), { force: true });
      await writeOnce(folder, path(claim.id), claim);
    },
    remove: (id) => rm(path(id), { force: true }),
  };
}

/** Writes a whole file, synced, or leaves the one that is there; whether it was written. Mode 0600 in a folder of 0700. */
async function writeOnce(folder: string, path: string, value: object): Promise<boolean> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fresh = `${path}.${process.pid}.${crypto.randomUUID()}`;
  await using file = await open(fresh, "wx", 0o600);
  try {
    await file.writeFile(JSON.stringify(value));
    await file.sync();
    // A link, unlike a rename, never takes the place of what is there.
    await link(fresh, path);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    await unlink(fresh);
  }
  await syncFolder(folder);
  return true;
}

async function syncFolder(folder: string): Promise<void> {
  await using directory = await open(folder, "r");
  await directory.sync();
}

async function read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readIfThere(path);
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
}
