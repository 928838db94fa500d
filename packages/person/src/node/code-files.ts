/**
 * Codes in files: a folder that is its owner's alone, two files for a code, each written once. Several processes may use
 * one folder: what the command line issues, the serving process answers.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { CodeId } from "@natster/contracts";
import { readIfThere, unlessMissing } from "@natster/files/if-there";
import type * as z from "zod";
import { CodeKeptError, CodeRecord, type CodeStore, DecidedClaim } from "../code-record.ts";
import { type ClaimStore, PendingClaim } from "../pending-claim.ts";
import { replaceFile, writeOnce } from "./whole-file.ts";

/** Keeps issued codes in a folder. What resolves is on disk. */
export function codeFiles(folder: string): CodeStore {
  const record = (id: CodeId) => join(folder, `${id}.json`);
  const claim = (id: CodeId) => join(folder, `${id}.claim.json`);
  return {
    async save(kept) {
      if (!(await writeOnce(record(kept.id), kept))) throw new CodeKeptError(kept.id);
    },
    get: (id) => read(record(id), CodeRecord),
    async ids() {
      const names = await readdir(folder).catch(unlessMissing);
      return (names ?? []).flatMap((name) => CodeId.safeParse(name.replace(/\.json$/, "")).data ?? []);
    },
    async decide(id, decided) {
      await writeOnce(claim(id), decided);
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
    save: (claim) => replaceFile(path(claim.id), claim),
    remove: (id) => rm(path(id), { force: true }),
  };
}

async function read<T>(path: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readIfThere(path);
  return text === undefined ? undefined : schema.parse(JSON.parse(text));
}
