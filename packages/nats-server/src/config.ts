import { join } from "node:path";

/** Ports to listen on; -1 takes a free one. */
export interface Ports {
  readonly client: number;
  readonly websocket: number;
  readonly monitor: number;
}

/** What makes the server trust an operator, as JWTs. */
export interface OperatorOptions {
  readonly jwt: string;
  /** Public key of the system account. */
  readonly systemAccount: string;
  /** The accounts that the server knows from the start, by public key. The system account is one of them. */
  readonly preload: Readonly<Record<string, string>>;
}

export interface WebsocketOptions {
  /** Where it listens; where clients do, unless given. */
  readonly host?: string;
  /** Paths of certificate and key in PEM, or "none": no TLS, which off loopback needs something in front that ends it. */
  readonly tls?: { readonly cert: string; readonly key: string } | "none";
}

export interface ConfigOptions {
  /** Whom the server trusts, or the path of a file with what `renderTrust` makes of that, seen from the configuration. */
  readonly operator: OperatorOptions | { readonly file: string };
  /** Where the server keeps its state. */
  readonly directory: string;
  /** Address for clients and WebSocket. */
  readonly host: string;
  /** Address of the monitor, which tells whoever asks about every client: loopback unless given. */
  readonly monitorHost?: string;
  readonly ports: Ports;
  /** Whether it writes down on which ports it listens, which whoever starts it on free ones has to know; it does. */
  readonly portsFile?: boolean;
  /** Where it writes down its process, for `nats-server --signal`. */
  readonly pidFile?: string;
  /** Certificate and key for clients, as paths of PEM files; whoever connects without TLS is then refused. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** The server's name, unique among its peers. */
  readonly name?: string;
  /** Write every message through to the disk before it is acknowledged. */
  readonly syncAlways: boolean;
  readonly websocket: WebsocketOptions;
  /** Configuration in nats-server's own words, put at the end: a cluster, leaf nodes. */
  readonly extra?: string;
}

/** The folders below the state directory. */
export const folders = (directory: string) => ({
  accounts: join(directory, "accounts"),
  jetstream: join(directory, "jetstream"),
  run: join(directory, "run"),
});

/**
 * The configuration of a nats-server in operator mode with a full resolver, JetStream, WebSocket and a monitor on
 * loopback. Pure: it looks at nothing but its options.
 * @throws TypeError when WebSocket would be open beyond loopback without TLS and nobody asked for that.
 */
export function renderConfig(options: ConfigOptions): string {
  const { operator, host, monitorHost = "127.0.0.1", ports, tls, name, extra } = options;
  const { accounts, jetstream, run } = folders(options.directory);
  return lines([
    name !== undefined && `server_name: ${quote(name)}`,
    `host: ${quote(host)}`,
    `port: ${ports.client}`,
    `http: ${quote(`${monitorHost}:${ports.monitor}`)}`,
    options.portsFile !== false && `ports_file_dir: ${quote(run)}`,
    options.pidFile !== undefined && `pid_file: ${quote(options.pidFile)}`,
    tls && `tls { cert_file: ${quote(tls.cert)}, key_file: ${quote(tls.key)} }`,
    "",
    "file" in operator ? `include ${quote(operator.file)}` : renderTrust(operator),
    "resolver {",
    "  type: full",
    `  dir: ${quote(accounts)}`,
    "  allow_delete: false",
    `  interval: "2m"`,
    "}",
    "",
    "jetstream {",
    `  store_dir: ${quote(jetstream)}`,
    options.syncAlways && "  sync_interval: always",
    "}",
    "",
    "websocket {",
    `  host: ${quote(options.websocket.host ?? host)}`,
    `  port: ${ports.websocket}`,
    // No page of the web is served from here: whichever asks is somebody else's.
    "  same_origin: true",
    ...websocketTls(options.websocket, options.websocket.host ?? host),
    "}",
    extra !== undefined && `\n${extra}`,
  ]);
}

/** The part of a configuration that changes with the operator's keys: whom to believe, and the accounts to begin with. */
export const renderTrust = ({ jwt, systemAccount, preload }: OperatorOptions): string =>
  lines([
    `operator: ${quote(jwt)}`,
    `system_account: ${quote(systemAccount)}`,
    "resolver_preload {",
    ...Object.entries(preload).map(([account, text]) => `  ${account}: ${quote(text)}`),
    "}",
  ]);

function websocketTls({ tls }: WebsocketOptions, host: string): string[] {
  if (tls !== undefined && tls !== "none") {
    return ["  tls {", `    cert_file: ${quote(tls.cert)}`, `    key_file: ${quote(tls.key)}`, "  }"];
  }
  if (tls === undefined && !isLoopback(host)) {
    throw new TypeError(`WebSocket on ${host} needs tls, or tls: "none" where something in front of it ends TLS`);
  }
  return ["  no_tls: true"];
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/** A string in nats-server's configuration, where a backslash escapes and control characters have no business. */
function quote(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text))
    throw new TypeError(`${JSON.stringify(text)} cannot stand in a configuration`);
  return `"${text.replaceAll(/["\\]/g, "\\$&")}"`;
}

function lines(parts: readonly (string | false | undefined)[]): string {
  return `${parts.filter((part) => typeof part === "string").join("\n")}\n`;
}
