/** The health check of a container: exit 0 where the instance beside it is well, and what it says in any case. */
import { probe } from "./probe.ts";
import { probeSocket } from "./program.ts";

try {
  const health = await probe(probeSocket.parse(process.env["NATSTER_PROBE"]));
  console.log(JSON.stringify(health));
  if (health.status !== "ok") process.exitCode = 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
