/** The library's way to nats-server over TCP, which gives the memory of large messages back by hand. */
import type { ConnectionOptions, NatsConnection, Server } from "@nats-io/nats-core";
import { NatsConnectionImpl, setTransportFactory } from "@nats-io/nats-core/internal";
import { nodeResolveHost, NodeTransport } from "@nats-io/transport-node/lib/node_transport.js";
import { letGo } from "@natster/trust/let-go";
import { WholeMessages } from "./whole-messages.ts";

/**
 * A server that the network cut off says nothing, and does not hang up: it is left for another after two of these questions
 * without an answer, within nine seconds. The library would wait for six minutes, and then, since it tries the same server
 * first, for twenty seconds more.
 */
const patience = { pingInterval: 3_000, maxPingOut: 2, timeout: 5_000, reconnectToServer: longestUntried };

/** Connects as `connect` of `@nats-io/transport-node` does, and leaves a server that is silent. */
export function dial(options: ConnectionOptions): Promise<NatsConnection> {
  setTransportFactory({ factory: () => new Transport(), dnsResolveFn: nodeResolveHost });
  return NatsConnectionImpl.connect({ ...patience, ...options });
}

/** Whoever lost a server asks another one first: of a machine that is gone, nobody even says that nothing is there. */
function longestUntried(servers: readonly Server[]): Server | null {
  const [first, ...others] = servers;
  return others.reduce((best, each) => (best && each.lastConnect < best.lastConnect ? each : best), first) ?? null;
}

class Transport extends NodeTransport {
  readonly #messages = new WholeMessages();

  /** Of an address that is an IP the library tells Node no name, which then asks for a certificate of `localhost`. */
  override startTLS(): ReturnType<NodeTransport["startTLS"]> {
    if (this.tlsName === "") {
      const { remoteAddress: host } = this.socket;
      this.options = { ...this.options, tls: Object.assign({}, this.options.tls, { host }) };
    }
    return super.startTLS();
  }

  override setupHandlers(): void {
    super.setupHandlers();
    this.socket.removeAllListeners("data").on("data", (read: Uint8Array) => {
      const whole = this.#messages.push(read);
      // All of it was copied: the parts of large messages are what fills the memory.
      if (whole.every(({ buffer }) => buffer !== read.buffer)) letGo(read);
      this.yields.push(...whole);
      this.signal.resolve();
    });
  }

  override send(frame: Uint8Array): void {
    const sent = this._send(frame);
    // The library put it together for this alone; where it was not written, reading tells that the connection is lost.
    sent.then(() => letGo(frame)).catch(() => {});
  }
}
