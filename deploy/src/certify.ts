/**
 * Who has which certificate. One authority is for whoever connects, as a client or with a browser; another is for the
 * routes between nats-servers alone, and nothing that it signed or made is given to any service: see ADR 69.
 */
import { join } from "node:path";
import { readIfThere } from "@natster/files/if-there";
import { ConfigError } from "@natster/micro";
import { createAuthority, faultsOf, issue, issuedUnder, type Pair, signedBy, type Use } from "./certificates.ts";
import { put } from "./put.ts";

/** For what certificates are. */
export interface Names {
  /** The nats-servers, as they and the services find them. */
  readonly servers: readonly string[];
  /** Under which people reach the system. */
  readonly hosts: readonly string[];
}

/** What follows from it. */
export interface Certified {
  /** Whom services trust: PEM. */
  readonly ca: string;
  /** What whoever runs the system should know. */
  readonly notes: readonly string[];
}

/**
 * Makes the certificates that are missing, and anew those that lack a name or have less than a third of their time left,
 * by the same authority; `keys` keeps the authorities. What somebody brought stays, and is told of.
 * @throws ConfigError where one has to be signed and the authority's key is not here.
 */
export async function certify(state: string, { servers, hosts }: Names): Promise<Certified> {
  const [keys, nats, web] = [join(state, "keys"), join(state, "nats"), join(state, "services", "web")];
  const clients = await authority(
    join(keys, "authorities", "clients"),
    join(nats, "ca.crt"),
    "Natster's own authority",
  );
  const inside = await certificate(clients, join(nats, "tls"), [...servers, ...hosts], "server");
  const page = await ofThePage(clients, join(web, "tls"), hosts, inside.pair);
  const routes = servers.length > 1 ? await ofTheRoutes(keys, nats, servers) : [];
  return { ca: clients.cert, notes: [...inside.notes, ...page, ...routes] };
}

/** What an older version made, and dropped the authority's key of, `web` goes on sharing with nats-server. */
async function ofThePage(
  clients: Authority,
  path: string,
  hosts: readonly string[],
  inside: Pair,
): Promise<readonly string[]> {
  const there = await readPair(path);
  const shares = clients.key === undefined && (!there || issuedUnder(clients.cert, there.cert));
  if (!shares) return (await certificate(clients, path, hosts, "server")).notes;
  await putPair(path, inside);
  const next = "remove ca.crt, tls.crt and tls.key from the volume nats-config, and give everybody the next ca.crt";
  return [`${path}.key is nats-server's as well; for one of its own ${next}`];
}

async function ofTheRoutes(keys: string, nats: string, servers: readonly string[]): Promise<readonly string[]> {
  const routes = await authority(join(keys, "authorities", "routes"), join(nats, "routes-ca.crt"), "Natster's routes");
  return (await certificate(routes, join(nats, "routes"), servers, "peer")).notes;
}

/** Whoever's key is elsewhere signs nothing here. */
type Authority = Pick<Pair, "cert"> & Partial<Pair>;

/** A certificate that is there now, and what should be known of it. */
interface Held {
  readonly pair: Pair;
  readonly notes: readonly string[];
}

/** The authority whose certificate is shown there, made where none is. Its key is here unless it was made elsewhere. */
async function authority(path: string, shown: string, name: string): Promise<Authority> {
  const [there, kept] = await Promise.all([readIfThere(shown), readPair(path)]);
  if (there !== undefined && there !== kept?.cert) return { cert: there };
  const made = kept ?? (await createAuthority(name));
  if (!kept) await putPair(path, made);
  if (there === undefined) await put(shown, made.cert);
  return made;
}

/** The certificate that is there, or another where it is missing or wrong and this authority can make it. */
async function certificate(by: Authority, path: string, names: readonly string[], use: Use): Promise<Held> {
  const there = await readPair(path);
  const { cert, key } = by;
  const faults = there ? faultsOf(there.cert, names) : [];
  if (there && (key === undefined || !issuedUnder(cert, there.cert))) {
    return { pair: there, notes: faults.map((fault) => `${path}.crt ${fault}, and was not made here: bring another`) };
  }
  // One by an authority of the same name that was there before is not by this one.
  if (there && faults.length === 0 && signedBy(cert, there.cert)) return { pair: there, notes: [] };
  if (key === undefined) {
    throw new ConfigError(`${path}.crt is missing, and the key of the authority that would sign it is not here`);
  }
  const made = await issue({ cert, key }, names, use);
  await putPair(path, made);
  return { pair: made, notes: there ? [`${path}.crt is made anew: restart whatever reads it`] : [] };
}

async function readPair(path: string): Promise<Pair | undefined> {
  const [cert, key] = await Promise.all([readIfThere(`${path}.crt`), readIfThere(`${path}.key`)]);
  return cert === undefined || key === undefined ? undefined : { cert, key };
}

async function putPair(path: string, { cert, key }: Pair): Promise<void> {
  await put(`${path}.key`, key);
  await put(`${path}.crt`, cert);
}
