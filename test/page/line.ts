/** A way to the page that can go dead as one does under a machine that sleeps: nothing comes by it, and nobody hangs up. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface Line extends AsyncDisposable {
  /** Where the page is by this way. */
  readonly url: string;
  /** Nothing comes any more by what is open now; what is opened later works. */
  die(): void;
  /** Nothing comes by what is opened later either, until it is mended for that. */
  cut(): void;
  mend(): void;
}

/** Lays a line to the page that is at an address. */
export async function layLine(page: string): Promise<Line> {
  const { hostname, port } = new URL(page);
  const open = new Set<Socket>();
  let isCut = false;
  const hush = (socket: Socket) => void socket.unpipe().pause();
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    const ends = [near, far];
    for (const [end, other] of [ends, ends.toReversed()] as [Socket, Socket][]) {
      open.add(end.on("error", () => undefined).on("close", () => (open.delete(end), other.destroy())));
      if (isCut) hush(end);
      else end.pipe(other);
    }
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const die = () => open.forEach(hush);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    die,
    cut() {
      isCut = true;
      die();
    },
    mend() {
      isCut = false;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, "close");
    },
  };
}
