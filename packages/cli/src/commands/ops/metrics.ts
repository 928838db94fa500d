import { once } from "node:events";
import { createServer } from "node:http";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";
import { connectAs, type Connected } from "../../system/connect.ts";
import { ListenTyped } from "../../system/listen.ts";
import { standingOf } from "../../system/ops.ts";

export default defineCommand({
  about:
    "Serve figures for Prometheus until Ctrl-C: of every instance that answers on the services API, and of every projection and reaction. They are asked for whenever Prometheus asks, over NATS like everything else; no service listens for it.",
  options: [["--listen <host:port>", "where; 127.0.0.1:9464 unless told"]],
  examples: [
    ["natster ops metrics", "at http://127.0.0.1:9464/metrics; for administrators"],
    ["natster ops metrics --listen 0.0.0.0:9464", "for a Prometheus on another machine"],
  ],
  input: z.object({ listen: ListenTyped.prefault("127.0.0.1:9464") }),
  output: z.strictObject({ url: z.url() }),
  async run({ input: { listen }, globals, signal, say }) {
    await using person = await connectAs(globals);
    // Said before anybody asks: who may not ask is no administrator.
    await known(person, globals.timeout);
    const { exposition } = await import("../../metrics/exposition.ts");
    const server = createServer((request, response) => {
      if (request.method !== "GET" || request.url !== "/metrics") return void response.writeHead(404).end();
      known(person, globals.timeout)
        .catch(() => undefined)
        .then(exposition)
        .then((text) =>
          response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8" }).end(text),
        )
        .catch(() => response.writeHead(500).end());
    });
    server.listen(listen);
    await once(server, "listening", { signal }).catch((cause: unknown) => {
      if (signal.aborted) return;
      throw new Failure(`cannot listen at ${listen.host}:${listen.port}: ${String(cause)}`, {
        next: "natster ops metrics --listen HOST:PORT",
      });
    });
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : listen.port;
    const host = listen.host.includes(":") ? `[${listen.host}]` : listen.host;
    say({ url: `http://${host}:${port}/metrics` });
    if (!signal.aborted) await once(signal, "abort");
    server.close();
    server.closeAllConnections();
  },
  show({ url }, ui) {
    ui.out(url);
    ui.note("Ctrl-C ends it.");
  },
});

async function known(person: Connected, timeout: number) {
  const { look } = await import("../../metrics/look.ts");
  const [instances, standing] = await Promise.all([look(person.connection, timeout), standingOf(person)]);
  return { instances, ...standing };
}
