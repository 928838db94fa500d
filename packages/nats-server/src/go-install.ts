import { join } from "node:path";
import { BINARY, keep, openWorkshop } from "./cache.ts";
import { runCommand } from "./command.ts";
import { PINNED_VERSION } from "./release.ts";
import type { FoundServer, Search } from "./search.ts";

/** A first build also fetches what the server is made of. */
const BUILD_WITHIN = 10 * 60_000;

/** The pinned version built from source where Go is. Go itself holds the source against its public checksum database. */
export async function fromGo(search: Search): Promise<FoundServer> {
  await runCommand("go", ["version"], { timeout: 10_000, env: search.env });

  await using workshop = await openWorkshop(search);
  search.tell(`Building nats-server ${PINNED_VERSION} with Go, which takes a minute or two`);
  // As the official archives are built.
  const flags = ["-trimpath", "-ldflags=-w"];
  await runCommand("go", ["install", ...flags, `github.com/nats-io/nats-server/v2@v${PINNED_VERSION}`], {
    timeout: BUILD_WITHIN,
    directory: workshop.directory,
    env: { ...search.env, GOBIN: workshop.directory, CGO_ENABLED: "0" },
  });
  return { ...(await keep(join(workshop.directory, BINARY), search)), source: "go" };
}
