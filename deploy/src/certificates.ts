/** An authority of one's own, for an installation to which nobody brings certificates. */
// oxlint-disable-next-line import/no-unassigned-import -- the library below finds its parts through what this one adds
import "reflect-metadata";
import * as x509 from "@peculiar/x509";

/** PEM texts. */
export interface Certificates {
  /** Whom clients have to trust. */
  readonly ca: string;
  readonly cert: string;
  /** Secret. */
  readonly key: string;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const days = (count: number) => count * 24 * 60 * 60 * 1000;

/**
 * Makes an authority and one certificate by it for all these names, both valid for a year. The authority's key is
 * dropped: it can sign nothing else, and a new certificate is a new authority.
 */
export async function createCertificates(names: readonly string[], now = new Date()): Promise<Certificates> {
  const validity = { notBefore: new Date(now.getTime() - days(1)), notAfter: new Date(now.getTime() + days(365)) };
  const [authority, server] = await Promise.all([keys(), keys()]);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    name: "CN=Natster's own authority",
    keys: authority,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const cert = await x509.X509CertificateGenerator.create({
    ...validity,
    subject: `CN=${names[0] ?? "natster"}`,
    issuer: ca.subject,
    publicKey: server.publicKey,
    signingKey: authority.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      // Servers of a cluster are each other's clients.
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: /^[\d.]+$|:/.test(value) ? "ip" : "dns", value }) as const),
      ),
      await x509.AuthorityKeyIdentifierExtension.create(authority.publicKey),
    ],
  });
  const secret = Buffer.from(await crypto.subtle.exportKey("pkcs8", server.privateKey)).toString("base64");
  const key = `-----BEGIN PRIVATE KEY-----\n${secret.replaceAll(/.{64}/g, "$&\n").trimEnd()}\n-----END PRIVATE KEY-----\n`;
  return { ca: `${ca.toString("pem")}\n`, cert: `${cert.toString("pem")}\n`, key };
}

const keys = () => crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
