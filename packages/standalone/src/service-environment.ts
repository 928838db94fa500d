/** What a service is told when it starts, as variables: by `natster up`, in containers, and in tests alike. */
import type { AccountKey } from "@natster/contracts";
import type { AccountLimits } from "@natster/contracts/accounts";
import type { PlatformService } from "@natster/contracts/platform";
import type { Installation } from "./installation.ts";

/** What whoever runs a system decides about its services. */
export interface ServiceSettings {
  readonly administrators?: readonly AccountKey[];
  readonly registration?: "open" | "code" | "closed";
  /** How much an account may use where an administrator has not said otherwise of it. */
  readonly limits?: AccountLimits;
  /** Where the page is served, `host:port`; a free port of this machine where nothing is said. */
  readonly webListen?: string;
  /** The page's address as people elsewhere have it, where it is not what it listens on. */
  readonly publicUrl?: string;
  /** The folder of the built page; that of this clone unless given. */
  readonly pageRoot?: string | undefined;
  /** Certificate and key of the page, as paths of PEM files; without them something in front of it ends TLS. */
  readonly tls?: { readonly cert: string; readonly key: string };
  /** For how many seconds a file-server counts as there after its last beat; 30 where nothing is said. */
  readonly presenceSeconds?: number;
}

/** Where a service finds nats-server. */
export interface Servers {
  /** Addresses for clients, separated by commas. */
  readonly url: string;
  /** The WebSocket listener, which only `web` is told of. */
  readonly websocketUrl: string;
}

/** The variables of one service. Paths of secrets are those of the installation. */
export const serviceEnvironment = (
  name: PlatformService,
  nats: Servers,
  installation: Installation,
  settings: ServiceSettings = {},
): Record<string, string> => ({
  ...environment(nats, installation, settings),
  ...own(name, nats, installation, settings),
});

/** What every service is told. */
const environment = (nats: Servers, { lobby }: Installation, { administrators = [] }: ServiceSettings) => ({
  NATS_URL: nats.url,
  NATSTER_LOBBY: lobby.account,
  NATSTER_ADMINISTRATORS: administrators.join(","),
});

/** What one service is told beside that. */
function own(
  name: PlatformService,
  nats: Servers,
  installation: Installation,
  {
    registration = "code",
    limits = {},
    webListen = "127.0.0.1:0",
    publicUrl,
    pageRoot,
    tls,
    presenceSeconds = 30,
  }: ServiceSettings,
): Record<string, string> {
  const creds = {
    NATS_CREDS: installation.creds(name),
    ...(name !== "web" && { NATS_STREAMS_CREDS: installation.creds(`${name}-streams`) }),
  };
  switch (name) {
    case "accounts":
      return {
        ...creds,
        NATSTER_SIGNING_KEY: installation.signingKey,
        NATSTER_PLATFORM: installation.platform,
        NATSTER_REGISTRATION: registration,
        ...numbers({
          NATSTER_CONNECTIONS: limits.conn,
          NATSTER_SUBSCRIPTIONS: limits.subs,
          NATSTER_PAYLOAD: limits.payload,
        }),
      };
    case "codes":
      return { ...creds, NATSTER_REGISTRATION: registration };
    case "catalog":
      return { ...creds, ...numbers({ NATSTER_MOST_CATALOGS: limits.catalogs, NATSTER_MOST_IMPORTS: limits.imports }) };
    case "web":
      return {
        ...creds,
        WEB_LISTEN: webListen,
        ...(publicUrl !== undefined && {
          WEB_PUBLIC_URL: publicUrl,
          // From elsewhere, everything comes through the page's own origin.
          NATS_PUBLIC_URLS: natsBehind(publicUrl),
        }),
        ...(pageRoot !== undefined && { WEB_ROOT: pageRoot }),
        ...(tls && { WEB_TLS_CERT: tls.cert, WEB_TLS_KEY: tls.key }),
        NATS_WEBSOCKET_URL: nats.websocketUrl,
        NATSTER_PLATFORM: installation.platform,
        NATSTER_LOBBY_SEED: installation.lobby.seed,
      };
    case "projector":
      return {
        ...creds,
        NATSTER_PRESENCE_SECONDS: String(presenceSeconds),
        ...numbers({ NATSTER_PARTITIONS: installation.partitions?.[0] }),
      };
    default:
      return creds;
  }
}

/** The variables that are set. */
const numbers = (variables: Readonly<Record<string, number | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, `${value}`]])),
  );

/** Where NATS is reached behind a page: `wss://host/nats`. */
function natsBehind(page: string): string {
  const url = new URL("nats", page.endsWith("/") ? page : `${page}/`);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}
