/** The keys of a session: HPKE (RFC 9180), with the serving side as the sender. */
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { concat, utf8 } from "./bytes.ts";

/** What both sides derive, each from its own half. The keys are secrets. */
export interface SessionSecrets {
  /** Seals what the reader asks. */
  readonly requests: Uint8Array<ArrayBuffer>;
  /** Seals what a worker of the instance replies; each worker has a key of its own, so that counters never meet. */
  replies(worker: number): Promise<Uint8Array<ArrayBuffer>>;
}

type KeyPair = Awaited<ReturnType<typeof suite.kem.generateKeyPair>>;

/** An X25519 key pair for one opening. */
export interface OpeningKey {
  readonly pair: KeyPair;
  readonly public: Uint8Array;
}

/** Makes one; WebCrypto holds the private half, and lets nobody have it. */
export async function createOpeningKey(): Promise<OpeningKey> {
  const pair = await suite.kem.generateKeyPair();
  return { pair, public: new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)) };
}

/**
 * The serving side: makes secrets that only the holder of the opening's key can derive too, and seals a first message
 * under them. `ephemeral` is for test vectors; where it is left out, a fresh key is made.
 */
export async function sealSession(
  opening: { readonly key: Uint8Array; readonly hash: Uint8Array },
  welcome: Uint8Array,
  ephemeral?: KeyPair,
): Promise<{ readonly enc: Uint8Array; readonly sealed: Uint8Array; readonly secrets: SessionSecrets }> {
  const sender = await suite.createSenderContext({
    recipientPublicKey: await suite.kem.deserializePublicKey(concat(opening.key).buffer),
    info: concat(opening.hash).buffer,
    ...(ephemeral && { ekm: ephemeral }),
  });
  const sealed = new Uint8Array(await sender.seal(welcome));
  return { enc: new Uint8Array(sender.enc), sealed, secrets: await secretsOf(sender) };
}

/** The reading side: derives the same from the answer. Rejects where the answer was sealed for somebody else. */
export async function openSession(
  key: OpeningKey,
  openHash: Uint8Array,
  { enc, sealed }: { readonly enc: Uint8Array; readonly sealed: Uint8Array },
): Promise<{ readonly welcome: Uint8Array; readonly secrets: SessionSecrets }> {
  const recipient = await suite.createRecipientContext({
    recipientKey: key.pair,
    enc: concat(enc).buffer,
    info: concat(openHash).buffer,
  });
  const welcome = new Uint8Array(await recipient.open(concat(sealed)));
  return { welcome, secrets: await secretsOf(recipient) };
}

interface Exporter {
  export(context: Uint8Array, length: number): Promise<ArrayBuffer>;
}

const secretsOf = async (context: Exporter): Promise<SessionSecrets> => ({
  requests: new Uint8Array(await context.export(utf8("natster/session/1/requests"), keyLength)),
  replies: async (worker) =>
    new Uint8Array(await context.export(utf8(`natster/session/1/replies/${worker}`), keyLength)),
});

const keyLength = 32;
const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
