/** The authority behind a system's certificate, where it is none that everybody knows. */
import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { connect, rootCertificates } from "node:tls";
import { readIfThere } from "@natster/files/if-there";
import { Failure } from "../failure.ts";

/** Certificates in PEM, and the file that they are in. */
export interface Authority {
  readonly file: string;
  readonly pem: string;
}

const blocks = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads what somebody named as an authority: its certificates, and nothing else that may be there. Throws `Failure`. */
export async function readAuthority(file: string): Promise<Authority> {
  const text = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    // Of a folder alone Node does not say the name.
    if (error.code === "EISDIR") return "";
    throw error;
  });
  const found = text.match(blocks) ?? [];
  if (found.length === 0 || !found.every(isCertificate)) {
    throw new Failure(`${file} is no certificate in PEM`, {
      next: "the same with the authority (ca.crt) that whoever runs the system gives you",
    });
  }
  return { file, pem: `${found.join("\n")}\n` };
}

function isCertificate(pem: string): boolean {
  try {
    return Boolean(new X509Certificate(pem));
  } catch {
    return false;
  }
}

/** What is known of the system that an authority is for. */
interface System {
  readonly servers: readonly string[];
  readonly page?: string | undefined;
}

/**
 * The PEM to keep for a system: what was named for it, or is in the file of `NODE_EXTRA_CA_CERTS`, where that vouches for
 * the page. Undefined where the public authorities do, and what was kept before where nothing better is known.
 */
export async function authorityToKeep(
  { servers, page }: System,
  named: Authority | undefined,
  kept: string | undefined,
): Promise<string | undefined> {
  // Of nats-server itself the page says nothing: what was named for it is believed to be needed.
  if (named && servers.some((server) => server.startsWith("tls:"))) return named.pem;
  const file = process.env["NODE_EXTRA_CA_CERTS"];
  const pem = named?.pem ?? (file ? await readIfThere(file) : undefined);
  if (pem === undefined || !page?.startsWith("https:")) return kept;
  if (await believes(page, rootCertificates)) return undefined;
  return (await believes(page, [pem])) ? pem : kept;
}

const patience = 5_000;

/** Whether these authorities, and no other, vouch for what answers there. */
async function believes(page: string, ca: readonly string[]): Promise<boolean> {
  const { hostname, port } = new URL(page);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const socket = connect({ host, port: Number(port || 443), ca: [...ca] });
  try {
    await once(socket, "secureConnect", { signal: AbortSignal.timeout(patience) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
