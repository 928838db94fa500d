/** The authority behind a system's certificate, where no public one is: for those who do not ask Node, as NATS's own tool. */
import { once } from "node:events";
import { connect, rootCertificates } from "node:tls";
import { readIfThere } from "./files.ts";

const patience = 5_000;

/**
 * The PEM without which the page of a system is not believed: what `NODE_EXTRA_CA_CERTS` names, where that is it. Undefined
 * where the public authorities do, and what was kept before where nothing else is known.
 */
export async function authorityOf(page: string | undefined, kept: string | undefined): Promise<string | undefined> {
  const file = process.env["NODE_EXTRA_CA_CERTS"];
  const named = file ? await readIfThere(file) : undefined;
  if (named === undefined || !page?.startsWith("https:")) return kept;
  if (await believes(page, rootCertificates)) return undefined;
  return (await believes(page, [named])) ? named : kept;
}

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
