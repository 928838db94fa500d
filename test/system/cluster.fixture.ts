/** A cluster of nats-servers on this machine, plain processes on loopback, with every service beside it. */
import { join } from "node:path";
import { program as accounts } from "@natster/accounts";
import { connect, createLog, type Program, type Running, start } from "@natster/micro";
import { provision } from "@natster/micro/provision";
import { type NatsServer, startNatsServer } from "@natster/nats-server";
import type { Place } from "@natster/person";
import { program as projector } from "@natster/projector";
import { type Installation, openInstallation, serviceEnvironment } from "@natster/standalone";
import { freePorts } from "@natster/standalone/free-ports";
import { connect as dial } from "@nats-io/transport-node";
import { jetstreamManager } from "@nats-io/jetstream";
import { destination } from "pino";

export interface Cluster extends AsyncDisposable {
  readonly installation: Installation;
  readonly place: Place;
  /** Where clients find any of its servers. */
  readonly urls: string;
  /** Starts one server anew after another, with what the installation says now; each is caught up before the next goes. */
  roll(): Promise<void>;
}

/** Starts so many nats-servers that know each other, and the services `accounts` and `projector`, three copies of each stream. */
export async function startCluster(directory: string, size = 3): Promise<Cluster> {
  await using undo = new AsyncDisposableStack();
  const installation = await openInstallation(directory);
  const routes = await freePorts(size);
  const launch = async (index: number, ports = {}) => {
    const { operatorJwt: jwt, systemAccount, preload } = await openInstallation(directory);
    const others = routes.map((port) => `"nats-route://127.0.0.1:${port}"`).join(", ");
    return startNatsServer({
      operator: { jwt, systemAccount, preload },
      directory: join(directory, `nats-${index}`),
      name: `server-${index}`,
      // Three servers write through to one disk here.
      syncAlways: false,
      ports,
      extra: `cluster { name: test, host: "127.0.0.1", port: ${routes[index]}, routes: [${others}], no_advertise: true }`,
    });
  };
  const servers: NatsServer[] = await Promise.all(routes.map((_, index) => launch(index)));
  undo.defer(async () => void (await Promise.all(servers.map((server) => server.stop()))));
  const urls = servers.map(({ url }) => url).join(",");
  const log = createLog("cluster", "warn", destination({ dest: join(directory, "services.log"), sync: true }));

  const creds = { file: installation.creds("bootstrap") };
  const bootstrap = await connect({ servers: urls.split(","), creds, name: "bootstrap", log });
  undo.defer(() => bootstrap.close());
  await eventually(() => provision(bootstrap, { replicas: size }), "a cluster that keeps streams");
  // As somebody does who brings it up to date and says nothing of copies: those that there are stay, as is seen below.
  await eventually(() => provision(bootstrap), "a cluster whose streams can be brought up to date");
  const manager = await jetstreamManager(bootstrap, { timeout: 20_000 });
  /** Resolves when every copy of every stream is current, so that one server may go. */
  const caughtUp = () =>
    eventually(async () => {
      for await (const { config } of manager.streams.list()) {
        const { cluster } = await manager.streams.info(config.name);
        const behind = (cluster?.replicas ?? []).filter(({ current, offline }) => !current || offline);
        if (!cluster?.leader || behind.length > 0 || cluster.replicas?.length !== size - 1)
          throw new Error(`${config.name} is behind`);
      }
    }, "streams that are caught up");
  await caughtUp();

  const nats = { url: urls, websocketUrl: servers[0]?.websocketUrl ?? "" };
  for (const [name, program] of [
    ["accounts", accounts],
    ["projector", projector],
  ] as const) {
    const environment = serviceEnvironment(name, nats, installation, { registration: "open" });
    const running: Running = await start(program as unknown as Program, environment, log.child({ service: name }));
    undo.use(running);
  }

  const { platform, lobby } = installation;
  const ending = undo.move();
  return {
    installation,
    urls,
    place: { servers: urls.split(","), platform, lobby, dial: (options) => dial({ ...options, timeout: 20_000 }) },
    async roll() {
      for (const [index, server] of servers.entries()) {
        const { port: client } = new URL(server.url);
        const { port: websocket } = new URL(server.websocketUrl);
        const { port: monitor } = new URL(server.monitorUrl);
        await server.stop();
        const ports = { client: Number(client), websocket: Number(websocket), monitor: Number(monitor) };
        servers[index] = await launch(index, ports);
        await caughtUp();
      }
    },
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

/** Tries until it works; a cluster takes its time to agree on who leads. */
async function eventually<T>(work: () => Promise<T>, what: string): Promise<T> {
  for (const end = Date.now() + 120_000; ;) {
    try {
      return await work();
    } catch (cause) {
      if (Date.now() > end) throw new Error(`there is never ${what}`, { cause });
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}
