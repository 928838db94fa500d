/** A system keeps its operator and its nats-servers: what is written for others would shut everybody out of it. */
import { existsSync, globSync } from "node:fs";
import { basename, join } from "node:path";
import { ConfigError } from "@natster/micro";

/**
 * Looks, before anything is written, whether what is here may be set up for these nats-servers.
 * @throws ConfigError where it is another system's, or where one of them has no disk.
 */
export function refuseAnother(state: string, servers: readonly string[]): void {
  const there = namesIn(join(state, "nats"), ".conf");
  if (there.length > 0 && !existsSync(join(state, "keys", "installation.json"))) {
    throw new ConfigError(
      "the operator's keys are not in the volume keys, and this system has others' already: put them back, and start again",
    );
  }
  if (there.some((name) => !servers.includes(name))) {
    throw new ConfigError(
      `this system is on ${there.join(", ")}, and NATSTER_SERVERS says ${servers.join(", ")}: nothing was changed. ` +
        'Other servers are another system, into which a backup of this one is brought: see "One server, then three" in deploy/README.md',
    );
  }
  // In a container a folder stands for the volume of each server that there can be.
  const disks = namesIn(join(state, "data"));
  const without = servers.filter((name) => !disks.includes(name));
  if (disks.length > 0 && without.length > 0) {
    throw new ConfigError(`NATSTER_SERVERS: there is no ${without.join(", ")} here; there are ${disks.join(", ")}`);
  }
}

const namesIn = (folder: string, ending = ""): string[] =>
  globSync(`*${ending}`, { cwd: folder })
    .map((name) => basename(name, ending))
    .toSorted();
