/** Ports that a system keeps for good. */
import { once } from "node:events";
import { createServer } from "node:net";
import { randomInt } from "node:crypto";

/**
 * Below those that systems hand out to whoever dials (from 32,768 on Linux, from 49,152 elsewhere): what is free there
 * today is free after a restart too.
 */
const [lowest, highest] = [20_000, 30_000];

/** So many different ports of this machine on which nobody listens. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(lowest, highest);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  return [...found];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return true;
  } catch {
    return false;
  } finally {
    server.close();
  }
}
