/** Leases in a folder that is its owner's alone, one file for each: several processes may use it. */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { readIfThere, unlessMissing } from "@natster/files/if-there";
import { Lease, type LeaseStore } from "../leases.ts";
import { replaceFile } from "./whole-file.ts";

/** What a file holds is no lease. */
export class LeaseUnreadableError extends Error {
  override readonly name = "LeaseUnreadableError";
}

export function leaseFiles(folder: string): LeaseStore {
  const path = ({ catalog, recipient }: Pick<Lease, "catalog" | "recipient">) =>
    join(folder, `${catalog}.${recipient}.json`);
  return {
    save: (lease) => replaceFile(path(lease), lease),
    async all(unreadable) {
      const names = (await readdir(folder).catch(unlessMissing)) ?? [];
      const leases: Lease[] = [];
      for (const name of names.filter((name) => name.endsWith(".json"))) {
        try {
          const text = await readIfThere(join(folder, name));
          if (text !== undefined) leases.push(Lease.parse(JSON.parse(text)));
        } catch (cause) {
          unreadable?.(new LeaseUnreadableError(`${join(folder, name)} cannot be read as a lease`, { cause }));
        }
      }
      return leases;
    },
    remove: (lease) => rm(path(lease), { force: true }),
  };
}
