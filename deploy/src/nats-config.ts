/** nats-server's configuration in a container: TLS for clients, WebSocket for `web` alone, and routes in a cluster. */
import { renderConfig } from "@natster/nats-server";
import type { Installation } from "@natster/standalone";

/** The configuration of one server among these. */
export function natsConfig(server: string, servers: readonly string[], installation: Installation): string {
  const { operatorJwt: jwt, systemAccount, preload } = installation;
  const name = server.split(".")[0] ?? server;
  return renderConfig({
    operator: { jwt, systemAccount, preload },
    directory: "/data",
    host: "0.0.0.0",
    // Whoever runs the containers asks it how it is; the port is published to nobody.
    monitorHost: "0.0.0.0",
    ports: { client: 4222, websocket: 8080, monitor: 8222 },
    portsFile: false,
    name,
    syncAlways: true,
    // `web` ends TLS and pipes to it, inside the network of the containers.
    websocket: { tls: "none" },
    tls: { cert: "/etc/natster/tls.crt", key: "/etc/natster/tls.key" },
    ...(servers.length > 1 && { extra: cluster(servers) }),
  });
}

/** By an authority of the servers alone: nothing that a service has opens a route. */
const files = [
  'cert_file: "/etc/natster/routes.crt"',
  'key_file: "/etc/natster/routes.key"',
  'ca_file: "/etc/natster/routes-ca.crt"',
];

/** Each proves to the others that it is one of them. */
export const cluster = (
  servers: readonly string[],
): string => `# Told to go by SIGUSR2 it hands on what it leads, and then its clients one by one, for at most so long.
lame_duck_duration: "30s"
lame_duck_grace_period: "1s"

cluster {
  name: natster
  listen: "0.0.0.0:6222"
  tls { ${files.join(", ")}, verify: true }
  # One that the network cut off still counts as listening until its route is given up, and what is meant for it is lost:
  # here after six seconds, not after a minute and a half.
  ping_interval: "2s"
  ping_max: 2
  # Where its clients are, another address of it may lead nowhere, and they know all of its names.
  no_advertise: true
  routes: [${servers.map((server) => `"tls://${server}:6222"`).join(", ")}]
}`;
