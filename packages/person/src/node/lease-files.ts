/** Leases in a folder that is its owner's alone, one file for each: several processes may use it. */
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Lease, type LeaseStore } from "../leases.ts";

export function leaseFiles(folder: string): LeaseStore {
  const path = ({ catalog, recipient }: Pick<Lease, "catalog" | "recipient">) =>
    join(folder, `${catalog}.${recipient}.json`);
  return {
    async save(lease) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const fresh = `${path(lease)}.${crypto.randomUUID()}.new`;
      await writeFile(fresh, JSON.stringify(lease), { mode: 0o600 });
      await rename(fresh, path(lease));
    },
    async all() {
      const names = await readdir(folder).catch(() => []);
      const texts = names.filter((name) => name.endsWith(".json")).map((name) => readFile(join(folder, name), "utf8"));
      return (await Promise.all(texts)).map((text) => Lease.parse(JSON.parse(text)));
    },
    remove: (lease) => rm(path(lease), { force: true }),
  };
}
