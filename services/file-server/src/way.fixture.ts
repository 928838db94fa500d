/** A way to nats-server that can be held: nothing passes it then, and nothing is lost. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface Way extends AsyncDisposable {
  readonly url: string;
  hold(): void;
  release(): void;
}

export async function openWay(to: string): Promise<Way> {
  const { hostname, port } = new URL(to);
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => into.write(bytes));
      from.on("error", () => {});
      from.on("close", () => into.destroy());
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `nats://127.0.0.1:${address.port}`,
    hold: () => sockets.forEach((each) => each.pause()),
    release: () => sockets.forEach((each) => each.resume()),
    async [Symbol.asyncDispose]() {
      server.close();
      for (const each of sockets) each.destroy();
      await once(server, "close");
    },
  };
}
