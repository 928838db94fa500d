/**
 * The answer to a claim, sealed so that only the claimant reads it and only whoever knows the code can have written it:
 * HPKE in PSK mode (RFC 9180) with X25519, HKDF-SHA256 and AES-256-GCM.
 */
import { AccountKey, CatalogName, type CodeId, GrantToken, Jwt } from "@natster/contracts";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { base64urlnopad } from "@scure/base";
import * as z from "zod";
import { type Checked, refused } from "./checked.ts";

/** What an issuer answers. What it proves, its JWT and its grant say; whoever reads it checks them. */
export const CodeAnswer = z.discriminatedUnion("purpose", [
  /** The claimant's key is a device of this account now. */
  z.strictObject({ purpose: z.literal("device"), account: AccountKey, jwt: Jwt }),
  /** The claimant's account may read this catalog. */
  z.strictObject({ purpose: z.literal("share"), owner: AccountKey, catalog: CatalogName, grant: GrantToken }),
]);
export type CodeAnswer = z.infer<typeof CodeAnswer>;

/** A claimant's X25519 key pair, made for one claim. */
export interface AnswerKey {
  /** 32 bytes in base64url, for the transcript. */
  readonly public: string;
  /** 32 bytes in base64url, a secret. */
  readonly secret: string;
}

/** What an answer belongs to: the code's id, the hash of its claim, and the code's key `seal`. */
export interface AnswerContext {
  readonly id: CodeId;
  readonly claim: string;
  readonly seal: Uint8Array;
}

const suite = () => new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });

/** Makes a key pair for one claim. */
export async function createAnswerKey(): Promise<AnswerKey> {
  const { kem } = suite();
  const { publicKey, privateKey } = await kem.generateKeyPair();
  const [open, secret] = await Promise.all([kem.serializePublicKey(publicKey), kem.serializePrivateKey(privateKey)]);
  return { public: encode(open), secret: encode(secret) };
}

/**
 * Seals an answer to the claimant's key: proves to the claimant that somebody who knows the code's secret wrote it, for
 * exactly this claim. Throws where the key is no X25519 key.
 */
export async function sealAnswer(answer: CodeAnswer, answerTo: string, context: AnswerContext): Promise<string> {
  const hpke = suite();
  const recipientPublicKey = await hpke.kem.deserializePublicKey(base64urlnopad.decode(answerTo));
  const sender = await hpke.createSenderContext({ recipientPublicKey, ...bindings(context) });
  const sealed = new Uint8Array(await sender.seal(new TextEncoder().encode(JSON.stringify(CodeAnswer.parse(answer)))));
  return base64urlnopad.encode(Uint8Array.of(...new Uint8Array(sender.enc), ...sealed));
}

/** Opens an answer. It was sealed by somebody who knows the code, for this claim and this key, or it is refused. */
export async function openAnswer(
  sealed: string,
  key: AnswerKey,
  context: AnswerContext,
): Promise<Checked<{ answer: CodeAnswer }, "answer_forged" | "answer_unreadable">> {
  const hpke = suite();
  let text: string;
  try {
    const bytes = base64urlnopad.decode(sealed);
    const recipientKey = await hpke.kem.deserializePrivateKey(base64urlnopad.decode(key.secret));
    const recipient = await hpke.createRecipientContext({
      recipientKey,
      enc: bytes.slice(0, encLength),
      ...bindings(context),
    });
    text = new TextDecoder().decode(await recipient.open(bytes.slice(encLength)));
  } catch {
    return refused("answer_forged");
  }
  const answer = CodeAnswer.safeParse(parse(text));
  return answer.success ? { answer: answer.data } : refused("answer_unreadable");
}

const bindings = ({ id, claim, seal }: AnswerContext) => ({
  info: base64urlnopad.decode(claim),
  psk: { id: new TextEncoder().encode(id), key: seal },
});

const encLength = 32;
const encode = (bytes: ArrayBuffer | Uint8Array): string => base64urlnopad.encode(new Uint8Array(bytes));

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
