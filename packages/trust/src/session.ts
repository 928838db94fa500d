/** An open session: requests and replies, each sealed under a counter that is never used twice. */
import { sha256 } from "@noble/hashes/sha2.js";
import { aeadKey } from "#aead";
import { type AeadKey, tagLength } from "./aead.ts";
import { concat, utf8 } from "./bytes.ts";

/** Something of a session could not be opened: it was changed, or belongs to another request, session or direction. */
export class SealBrokenError extends Error {
  override readonly name = "SealBrokenError";
}

/** A request that is sealed, and what its reply has to go with. */
export interface SealedRequest {
  readonly frame: Uint8Array;
  readonly bound: Uint8Array;
}

/** A reply as it was inside. */
export interface OpenedReply {
  /** Whether the body is what was asked for, or says why not. */
  readonly refused: boolean;
  readonly body: Uint8Array;
}

/** The reading side of a session. */
export class ReaderSession {
  readonly id: Uint8Array;
  readonly #requests: AeadKey;
  readonly #replies: AeadKey;
  #counter = 0n;

  /** Takes the keys over: those bytes are overwritten. */
  constructor(id: Uint8Array, requests: Uint8Array<ArrayBuffer>, replies: Uint8Array<ArrayBuffer>) {
    this.id = id;
    this.#requests = aeadKey(requests);
    this.#replies = aeadKey(replies);
  }

  /** Seals a request to one endpoint. What is asked again is sealed again. */
  async request(verb: string, body: Uint8Array): Promise<SealedRequest> {
    const counter = counterBytes(++this.#counter);
    const head = concat(this.id, counter);
    const nonce = concat(noWorker, counter);
    const frame = await this.#requests.seal({ head, nonce, bound: requestBound(verb, head), parts: [body] });
    return { frame, bound: replyBound(head, frame) };
  }

  /** Opens the reply to a request. Throws `SealBrokenError` where it is not a reply of this session to this request. */
  async reply({ bound }: SealedRequest, frame: Uint8Array): Promise<OpenedReply> {
    if (frame.length < nonceLength + 1 + tagLength) throw new SealBrokenError("what came is no sealed reply");
    const nonce = frame.subarray(0, nonceLength);
    const content = await opened(() => this.#replies.open({ nonce, bound, sealed: frame.subarray(nonceLength) }));
    return { refused: content[0] !== kinds.reply, body: content.subarray(1) };
  }

  /** Forgets the keys. */
  end(): void {
    this.#requests.forget();
    this.#replies.forget();
  }
}

/** A request as it was inside, and what its reply has to go with. */
export interface OpenedRequest {
  readonly body: Uint8Array;
  readonly bound: Uint8Array;
}

/** The serving side of a session, or one worker's part of it. */
export class ServingSession {
  readonly #requests: AeadKey;
  readonly #replies: AeadKey;
  readonly #worker: Uint8Array;
  #counter = 0n;

  /** Takes the keys over: those bytes are overwritten. */
  constructor(requests: Uint8Array<ArrayBuffer>, replies: Uint8Array<ArrayBuffer>, worker = 0) {
    this.#requests = aeadKey(requests);
    this.#replies = aeadKey(replies);
    this.#worker = workerBytes(worker);
  }

  /** Opens a request to one endpoint. Throws `SealBrokenError` where it is not one of this session's reader. */
  async request(verb: string, frame: Uint8Array): Promise<OpenedRequest> {
    if (frame.length < headLength + tagLength) throw new SealBrokenError("what came is no sealed request");
    const head = frame.subarray(0, headLength);
    const nonce = concat(noWorker, head.subarray(idLength));
    const sealed = frame.subarray(headLength);
    const body = await opened(() => this.#requests.open({ nonce, bound: requestBound(verb, head), sealed }));
    return { body, bound: replyBound(head, frame) };
  }

  /** Seals the reply to a request: what was asked for, or why it is refused. */
  reply({ bound }: OpenedRequest, body: Uint8Array, refused = false): Uint8Array | Promise<Uint8Array> {
    // The counter is this worker's own: whatever somebody sends twice, nothing is sealed twice under one nonce.
    const nonce = concat(this.#worker, counterBytes(++this.#counter));
    const kind = Uint8Array.of(refused ? kinds.refusal : kinds.reply);
    return this.#replies.seal({ head: nonce, nonce, bound, parts: [kind, body] });
  }

  /** Forgets the keys. */
  end(): void {
    this.#requests.forget();
    this.#replies.forget();
  }
}

/** The session that a frame names, or undefined where it is too short to name one. */
export const sessionIn = (frame: Uint8Array): Uint8Array | undefined =>
  frame.length < headLength ? undefined : frame.subarray(0, idLength);

const idLength = 16;
const headLength = idLength + 8;
const nonceLength = 12;
const kinds = { reply: 0, refusal: 1 } as const;

function counterBytes(counter: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, counter);
  return bytes;
}

function workerBytes(worker: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, worker);
  return bytes;
}
const noWorker = new Uint8Array(4);

const requestBound = (verb: string, head: Uint8Array): Uint8Array =>
  concat(utf8(`natster/session/1/request/${verb}\n`), head);

/** A reply goes with the session and counter in the request's head, and with every byte of it. */
const replyBound = (head: Uint8Array, frame: Uint8Array): Uint8Array =>
  concat(utf8("natster/session/1/reply\n"), head, sha256(frame));

async function opened(open: () => Uint8Array | Promise<Uint8Array>): Promise<Uint8Array> {
  try {
    return await open();
  } catch (cause) {
    throw new SealBrokenError("the seal is broken", { cause });
  }
}
