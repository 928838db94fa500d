/** A session with one instance, as its reader has it: opened, asked under seal, and forgotten. */
import type { AccountKey, CatalogName, InstanceId } from "@natster/contracts";
import { files, type SealedVerb, Welcome } from "@natster/contracts/files";
import { type Client, Refusal } from "@natster/micro/client";
import { decodeReply } from "@natster/micro/codec";
import { type AnswerReason, enterSession, type ReaderSession, type SessionDevice } from "@natster/trust";
import { AgainstContractError, askInside } from "./ask-inside.ts";
import type * as Inside from "./ask-inside.ts";

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
export type InnerRequest<V extends SealedVerb> = Inside.InnerRequest<(typeof files.endpoints)[V]>;
export type InnerReply<V extends SealedVerb> = Inside.InnerReply<(typeof files.endpoints)[V]>;

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
    const wanted = { purpose: "files", owner, catalog } as const;
    const entered = await enterSession({ device, wanted, grant, now: now() }, (open) => {
      const answering =
        instance === undefined
          ? client.open(open, { catalog }, options)
          : client.openHere(open, { catalog, instance }, options);
      return answering.catch((error: unknown) => {
        throw error instanceof Refusal && error.reason in files.endpoints.open.errors
          ? new NotAdmittedError(error)
          : error;
      });
    });
    if (entered.refused !== undefined) throw new UntrustedInstanceError(entered.refused);
    const welcome = decodeReply(Welcome, entered.welcome);
    if (!welcome.success) throw new AgainstContractError("open", welcome.issues[0]?.path);
    return new SessionLink(client, catalog, { ...entered, welcome: welcome.data });
  }

  /** How many questions are not answered yet. */
  get underWay(): number {
    return this.#underWay;
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
    const at = { catalog: this.#catalog, instance: this.instance };
    const outside: SealedVerb = verb;
    return askInside(this.#session, files.endpoints[verb], request, (frame) =>
      this.#client[outside](frame, at, options),
    );
  }
}

interface Opened {
  readonly instance: InstanceId;
  readonly expires: number;
  readonly welcome: Welcome;
  readonly session: ReaderSession;
}

const now = (): number => Math.floor(Date.now() / 1000);
