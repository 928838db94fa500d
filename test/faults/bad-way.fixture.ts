/** A way to nats-server that now and then delays, stalls, or drops what goes over it. */
import { once } from "node:events";
import { connect as dial, createServer, type Socket } from "node:net";

export interface BadWay extends AsyncDisposable {
  readonly url: string;
  /** How often it stalled and how often it dropped a connection. */
  readonly stalls: number;
  readonly drops: number;
}

/** `draw` says what becomes of each piece that passes, as a number from 0 to 1. */
export async function openBadWay(to: string, draw: () => number): Promise<BadWay> {
  const { hostname, port } = new URL(to);
  const open = new Set<Socket>();
  let [stalls, drops] = [0, 0];
  const carry = (from: Socket, into: Socket) => {
    open.add(from);
    from.on("error", () => {});
    from.on("close", () => {
      open.delete(from);
      into.destroy();
    });
    from.on("data", (bytes) => {
      const chance = draw();
      if (chance < 0.003) {
        drops++;
        from.destroy();
        return;
      }
      // Longer than an answer is waited for; or a moment.
      const pause = chance < 0.006 ? 2_500 : chance < 0.1 ? 20 : 0;
      if (chance < 0.006) stalls++;
      into.write(bytes);
      if (pause === 0) return;
      from.pause();
      setTimeout(() => from.resume(), pause);
    });
  };
  const server = createServer((near) => {
    const far = dial(Number(port), hostname);
    carry(near, far);
    carry(far, near);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `nats://127.0.0.1:${address.port}`,
    get stalls() {
      return stalls;
    },
    get drops() {
      return drops;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const each of open) each.destroy();
      await once(server, "close");
    },
  };
}
