/** The test vectors of docs/session.md, worked out by whichever cryptography this process has. */
import { encodeSeed, InstanceId } from "@natster/contracts";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { utf8 } from "./bytes.ts";
import { music } from "./fixtures.ts";
import { signGrant } from "./grant.ts";
import { encodeJwt } from "./jwt.ts";
import { type Key, keyFromSeed } from "./key.ts";
import { ReaderSession, ServingSession } from "./session.ts";
import { signAnswer } from "./session-answer.ts";
import { openSession, sealSession } from "./session-keys.ts";
import { signRenewal } from "./renewal.ts";
import { openHash, signOpen } from "./session-open.ts";

/** Both sides of one session, from keys that are made of counted bytes; bytes are given as hexadecimal digits. */
export async function sessionVectors(): Promise<Record<string, unknown>> {
  const seeds = {
    owner: encodeSeed("account", bytes(1)),
    reader: encodeSeed("account", bytes(2)),
    serverDevice: encodeSeed("user", bytes(3)),
    readerDevice: encodeSeed("user", bytes(4)),
  };
  const owner = keyFromSeed(seeds.owner, "account");
  const account = keyFromSeed(seeds.reader, "account");
  const server = device(owner, seeds.serverDevice, "server");
  const reader = device(account, seeds.readerDevice, "browser");
  const grant = signGrant(owner, { recipient: account.public, catalog: music, issuedAt: time });

  const pair = await suite.kem.deriveKeyPair(bytes(5).buffer);
  const key = { pair, public: new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)) };
  const wanted = { purpose: "files", owner: owner.public, catalog: music } as const;
  const open = await signOpen({ device: reader, wanted, grant, key: key.public, now: time });
  const hash = openHash(open);

  const welcome = `{"revision":7,"maxRange":524288}`;
  const ephemeral = await suite.kem.deriveKeyPair(bytes(6).buffer);
  const { enc, sealed, secrets } = await sealSession({ key: key.public, hash }, utf8(welcome), ephemeral);
  const session = bytes(7).slice(0, 16);
  const instance = InstanceId.parse("instance1");
  const answer = await signAnswer(server, hash, { session, instance, expires: time + 3600, enc, sealed });

  const derived = {
    requests: hex(secrets.requests),
    replies0: hex(await secrets.replies(0)),
    replies1: hex(await secrets.replies(1)),
  };
  const opened = await openSession(key, hash, { enc, sealed });
  const reading = new ReaderSession(session, opened.secrets.requests, await opened.secrets.replies(0));
  const serving = new ServingSession(secrets.requests, await secrets.replies(0));
  const request = `{"digest":"${"0".repeat(64)}","offset":0,"length":5}`;
  const asked = await reading.request("read", utf8(request));
  const heard = await serving.request("read", asked.frame);
  const reply = await serving.reply(heard, utf8("hello"));
  const refusal = await serving.reply(heard, utf8(`{"reason":"changed","message":"changed"}`), true);
  const read = await reading.reply(asked, reply);
  return {
    seeds,
    time,
    openingKeyMaterial: hex(bytes(5)),
    ephemeralKeyMaterial: hex(bytes(6)),
    open,
    openHash: hex(hash),
    welcome,
    answer,
    keys: derived,
    request: { verb: "read", body: request, frame: hex(asked.frame) },
    reply: { body: new TextDecoder().decode(read.body), frame: hex(reply) },
    signing: await signingVectors(owner, server),
    refusal: { body: `{"reason":"changed","message":"changed"}`, frame: hex(refusal) },
  };
}

/** A session of purpose `sign`: the same exchange, of a device that may have things signed with one that may sign. */
async function signingVectors(owner: Key<"account">, { key: serverKey }: ReturnType<typeof device>) {
  const asking = device(owner, encodeSeed("user", bytes(8)), "browser", true);
  const server = device(owner, serverKey.seed(), "server", true);
  const pair = await suite.kem.deriveKeyPair(bytes(9).buffer);
  const key = { pair, public: new Uint8Array(await suite.kem.serializePublicKey(pair.publicKey)) };
  const wanted = { purpose: "sign", owner: owner.public } as const;
  const open = await signOpen({ device: asking, wanted, key: key.public, now: time });
  const hash = openHash(open);
  const welcome = "{}";
  const { enc, sealed, secrets } = await sealSession(
    { key: key.public, hash },
    utf8(welcome),
    await suite.kem.deriveKeyPair(bytes(10).buffer),
  );
  const session = bytes(11).slice(0, 16);
  const told = { session, instance: InstanceId.parse("instance2"), expires: time + 3600, enc, sealed };
  const answer = await signAnswer(server, hash, told);
  const reading = new ReaderSession(session, secrets.requests, await secrets.replies(0));
  const body = `{"kind":"grant","catalog":"${music}","recipient":"${keyFromSeed(encodeSeed("account", bytes(2)), "account").public}"}`;
  const { frame } = await reading.request("sign", utf8(body));
  const renewal = await signRenewal(asking, time);
  return {
    askingDevice: encodeSeed("user", bytes(8)),
    openingKeyMaterial: hex(bytes(9)),
    ephemeralKeyMaterial: hex(bytes(10)),
    open,
    openHash: hex(hash),
    welcome,
    answer,
    request: { verb: "sign", body, frame: hex(frame) },
    renewal,
  };
}

const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const time = 1_800_000_000;

/** A device by a JWT that says no more than has to be said: what a role may do on NATS is no part of the exchange. */
function device(account: Key<"account">, seed: string, role: "server" | "browser", maySign = false) {
  const key = keyFromSeed(seed, "user");
  const nats = { tags: [`role:${role}`, ...(maySign ? ["may:sign"] : [])], type: "user", version: 2 } as const;
  return { key, jwt: encodeJwt({ iat: time, name: role, sub: key.public, nats }, account) };
}

/** 32 bytes, counted on from the first. */
const bytes = (first: number): Uint8Array<ArrayBuffer> => Uint8Array.from({ length: 32 }, (_, at) => first * 16 + at);

const hex = (given: Uint8Array): string => Array.from(given, (byte) => byte.toString(16).padStart(2, "0")).join("");
