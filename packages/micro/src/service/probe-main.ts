/** The health check of a container: exit 0 where the instance beside it is well, and what it says in any case. */
import { readConfig } from "./config.ts";
import { probe } from "./probe.ts";
import { z } from "zod";

try {
  const { NATSTER_PROBE: socket } = readConfig(z.object({ NATSTER_PROBE: z.string() }));
  const health = await probe(socket);
  console.log(JSON.stringify(health));
  if (health.status !== "ok") process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
