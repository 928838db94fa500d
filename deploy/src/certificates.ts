/** Authorities of one's own, for an installation to which nobody brings certificates, and what they sign. */
// oxlint-disable-next-line import/no-unassigned-import -- the library below finds its parts through what this one adds
import "reflect-metadata";
import { createPublicKey, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";

/** A certificate and its key, PEM texts; the key is secret. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const days = (count: number) => count * 24 * 60 * 60 * 1000;
const validFor = (count: number, now: Date) => ({
  notBefore: new Date(now.getTime() - days(1)),
  notAfter: new Date(now.getTime() + days(count)),
});

/** Makes an authority that signs for ten years: whoever trusts it has to be told of the next by hand. */
export async function createAuthority(name: string, now = new Date()): Promise<Pair> {
  const keys = await createKeys();
  const cert = await x509.X509CertificateGenerator.createSelfSigned({
    ...validFor(3650, now),
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return pair(cert, keys.privateKey);
}

/** What a certificate may be used for: to be asked, or by servers that are each other's clients. */
export type Use = "server" | "peer";

/** Makes a certificate for all these names, with a key of its own, valid for a year. */
export async function issue(authority: Pair, names: readonly string[], use: Use, now = new Date()): Promise<Pair> {
  const keys = await createKeys();
  const issuer = new x509.X509Certificate(authority.cert);
  const uses = [x509.ExtendedKeyUsage.serverAuth, ...(use === "peer" ? [x509.ExtendedKeyUsage.clientAuth] : [])];
  const cert = await x509.X509CertificateGenerator.create({
    ...validFor(365, now),
    subject: `CN=${names[0] ?? "natster"}`,
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await readKey(authority.key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension(uses),
      new x509.SubjectAlternativeNameExtension(
        [...new Set(names)].map((value) => ({ type: isIP(value) ? "ip" : "dns", value }) as const),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
    ],
  });
  return pair(cert, keys.privateKey);
}

/** An authority, `ca`, and one certificate by it, for whoever has nowhere to keep the authority's key: it is dropped. */
export async function createCertificates(names: readonly string[]): Promise<Pair & { readonly ca: string }> {
  const authority = await createAuthority("Natster's own authority");
  return { ca: authority.cert, ...(await issue(authority, names, "server")) };
}

/** Whether a certificate says that it is by an authority of this name; of a chain, the first. */
export const issuedUnder = (authority: string, cert: string): boolean =>
  new X509Certificate(cert).issuer === new X509Certificate(authority).subject;

/** Whether the authority did sign it. */
export const signedBy = (authority: string, cert: string): boolean =>
  new X509Certificate(cert).verify(createPublicKey(authority));

/** What is wrong with a certificate for these names: those that it lacks, and its end, where less than a third is left. */
export function faultsOf(cert: string, names: readonly string[], now = new Date()): readonly string[] {
  const read = new X509Certificate(cert);
  const missing = names.filter((name) => !(isIP(name) ? read.checkIP(name) : read.checkHost(name)));
  const [from, until] = [Date.parse(read.validFrom), Date.parse(read.validTo)];
  const ending = until - now.getTime() < (until - from) / 3;
  return [
    ...(missing.length > 0 ? [`is not for ${missing.join(", ")}`] : []),
    ...(ending ? [`is valid until ${new Date(until).toISOString().slice(0, 10)} alone`] : []),
  ];
}

/** A secret key, by the name that whichever types of the platform are there have for it. */
type Secret = Awaited<ReturnType<typeof createKeys>>["privateKey"];

const createKeys = () => crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

const readKey = (pem: string) =>
  crypto.subtle.importKey("pkcs8", x509.PemConverter.decodeFirst(pem), algorithm, false, ["sign"]);

async function pair(cert: x509.X509Certificate, key: Secret): Promise<Pair> {
  const secret = x509.PemConverter.encode(await crypto.subtle.exportKey("pkcs8", key), "PRIVATE KEY");
  return { cert: `${cert.toString("pem")}\n`, key: `${secret}\n` };
}
