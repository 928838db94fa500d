/** A session with one instance, as its reader has it: opened, asked under seal, and forgotten. */
import type { AccountKey, CatalogName, Inside, InstanceId } from "@natster/contracts";
import { kitErrors } from "@natster/contracts";
import { files, InnerRefusal, type SealedVerb, Welcome } from "@natster/contracts/files";
import { type Client, Refusal } from "@natster/micro/client";
import { decode, encode } from "@natster/micro/codec";
import {
  type AnswerReason,
  createOpeningKey,
  openHash,
  openSession,
  readAnswer,
  ReaderSession,
  type SessionDevice,
  signOpen,
} from "@natster/trust";
import type * as z from "zod";

/** Who reads, and what. */
export interface Reading {
  readonly owner: AccountKey;
  readonly catalog: CatalogName;
  /** The reading device: its user JWT and key. */
  readonly device: SessionDevice;
  /** What the owner granted the device's account; none for one's own catalogs, nor for public ones. */
  readonly grant?: string | undefined;
}

/** Whoever answered did not prove to be the owner's instance, or sealed for somebody else. */
export class UntrustedInstanceError extends Error {
  override readonly name = "UntrustedInstanceError";
  readonly reason: AnswerReason | "sealed_for_another";

  constructor(reason: UntrustedInstanceError["reason"]) {
    super(`whoever answered is not an instance of the owner's: ${reason.replaceAll("_", " ")}`);
    this.reason = reason;
  }
}

/** An instance of the owner's lets this device in no longer, or not yet; `reason` is one that the contract declares. */
export class NotAdmittedError extends Error {
  override readonly name = "NotAdmittedError";
  readonly reason: string;

  constructor(refusal: Refusal) {
    super(`the owner's instance does not let this device in: ${refusal.message}`, { cause: refusal });
    this.reason = refusal.reason;
  }
}

/** The contract's types of what is said inside. */
export type InnerRequest<V extends SealedVerb> = z.input<(typeof files.endpoints)[V]["sealed"]["request"]>;
export type InnerReply<V extends SealedVerb> = z.infer<(typeof files.endpoints)[V]["sealed"]["reply"]>;

interface CallOptions {
  readonly timeout: number;
}

/** A session that is open at one instance. */
export class SessionLink {
  readonly instance: InstanceId;
  /** What the instance said first. */
  readonly welcome: Welcome;
  readonly #client: Client<typeof files>;
  readonly #catalog: CatalogName;
  readonly #session: ReaderSession;
  readonly #expires: number;
  #underWay = 0;
  #ended = false;

  private constructor(client: Client<typeof files>, catalog: CatalogName, opened: Opened) {
    this.instance = opened.instance;
    this.welcome = opened.welcome;
    this.#client = client;
    this.#catalog = catalog;
    this.#session = opened.session;
    this.#expires = opened.expires;
  }

  /**
   * Opens a session with any instance, or with one. Throws `NotAdmittedError` where it does not let this device in,
   * `UntrustedInstanceError`, and what a client throws.
   */
  static async open(
    client: Client<typeof files>,
    { owner, catalog, device, grant }: Reading,
    options: CallOptions,
    instance?: InstanceId,
  ): Promise<SessionLink> {
    const key = await createOpeningKey();
    const wanted = { purpose: "files", owner, catalog } as const;
    const open = await signOpen({ device, wanted, grant, key: key.public, now: now() });
    const answering =
      instance === undefined
        ? client.open(open, { catalog }, options)
        : client.openHere(open, { catalog, instance }, options);
    const answer = await answering.catch((error: unknown) => {
      throw error instanceof Refusal && error.reason in files.endpoints.open.errors
        ? new NotAdmittedError(error)
        : error;
    });
    const hash = openHash(open);
    const read = readAnswer(answer, { owner, openHash: hash, now: now() });
    if (read.refused !== undefined) throw new UntrustedInstanceError(read.refused);
    const { welcome, secrets } = await openSession(key, hash, read).catch(() => {
      throw new UntrustedInstanceError("sealed_for_another");
    });
    return new SessionLink(client, catalog, {
      instance: read.instance,
      expires: read.expires,
      welcome: Welcome.parse(JSON.parse(new TextDecoder().decode(welcome))),
      session: new ReaderSession(read.session, secrets.requests, await secrets.replies(0)),
    });
  }

  /** Whether it will hold for a while yet. */
  get holds(): boolean {
    return this.#expires > now() + 5;
  }

  /**
   * Asks under seal. Throws `Refusal` for what the contract declares, inside and outside, `SealBrokenError` for a reply
   * that is not the instance's to this very request, and what a client throws.
   */
  async ask<V extends SealedVerb>(verb: V, request: InnerRequest<V>, options: CallOptions): Promise<InnerReply<V>> {
    if (this.#ended) throw new Refusal(410, { reason: "session_unknown", message: "the session has ended" });
    this.#underWay++;
    try {
      return await this.#ask(verb, request, options);
    } finally {
      this.#underWay--;
      this.#forgetKeys();
    }
  }

  /** Ends it: nothing more is asked, and the keys are forgotten when what is under way is answered. */
  end(): void {
    this.#ended = true;
    this.#forgetKeys();
  }

  #forgetKeys(): void {
    if (this.#ended && this.#underWay === 0) this.#session.end();
  }

  async #ask<V extends SealedVerb>(verb: V, request: InnerRequest<V>, options: CallOptions): Promise<InnerReply<V>> {
    const inside: Inside = files.endpoints[verb].sealed;
    const asked = await this.#session.request(verb, encode(inside.request, inside.request.parse(request)));
    const at = { catalog: this.#catalog, instance: this.instance };
    const outside: SealedVerb = verb;
    const frame = await this.#client[outside](asked.frame, at, options);
    const { refused, body } = await this.#session.reply(asked, frame);
    if (refused) throw refusalIn(inside, body);
    const reply = decode(inside.reply, body);
    if (!reply.success) throw new Error(`${verb} was answered against its contract: ${reply.issues[0]?.path}`);
    return reply.data as InnerReply<V>;
  }
}

interface Opened {
  readonly instance: InstanceId;
  readonly expires: number;
  readonly welcome: Welcome;
  readonly session: ReaderSession;
}

function refusalIn(inside: Inside, body: Uint8Array): Refusal {
  const read = decode(InnerRefusal, body);
  const { reason, message } = read.success ? read.data : { reason: "unknown", message: "refused" };
  return new Refusal({ ...kitErrors, ...inside.errors }[reason] ?? 500, { reason, message });
}

const now = (): number => Math.floor(Date.now() / 1000);
