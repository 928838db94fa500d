/** A way to a server that a test has in its hands: what passes, and how, is the test's to say. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Way extends AsyncDisposable {
  /** Where the server is by this way. */
  readonly url: string;
  /** Both ends of each connection that is open. */
  readonly open: ReadonlySet<Socket>;
  /** Nothing passes any more by what is open now, and nothing is lost. */
  hold(): void;
  release(): void;
}

/** Takes care of what comes from one end of a connection, for the other. */
export type Carry = (from: Socket, into: Socket, to: "server" | "client") => void;

/** Carries everything as it comes. */
export const pass: Carry = (from, into) => void from.on("data", (bytes) => into.write(bytes));

/** Opens a way to the server at an address, on a port of its own. */
export async function openWay(address: string, carry: Carry = pass): Promise<Way> {
  const { hostname, port } = new URL(address);
  const open = new Set<Socket>();
  const join = (from: Socket, into: Socket, to: "server" | "client") => {
    open.add(from);
    from.on("error", () => undefined);
    from.on("close", () => {
      open.delete(from);
      into.destroySoon();
    });
    carry(from, into, to);
  };
  const gate = createServer((client) => {
    const server = connect(Number(port), hostname);
    join(client, server, "server");
    join(server, client, "client");
  }).listen(0, "127.0.0.1");
  await once(gate, "listening");
  const here = gate.address() as AddressInfo;
  return {
    url: Object.assign(new URL(address), { hostname: here.address, port: `${here.port}` }).href,
    open,
    hold: () => open.forEach((each) => each.pause()),
    release: () => open.forEach((each) => each.resume()),
    async [Symbol.asyncDispose]() {
      gate.close();
      open.forEach((each) => each.destroy());
      await once(gate, "close");
    },
  };
}
