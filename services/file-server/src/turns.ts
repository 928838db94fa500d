/** Who may send next: what is not sent yet is bounded, and readers take turns. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Throttle } from "@natster/files";
import { letGo } from "@natster/trust";
import type { NatsConnection } from "@nats-io/nats-core";

export interface TurnsOptions {
  /** Bytes of replies that are being made, or wait for nats-server to take them. */
  readonly unsent?: number;
  /** The rate that replies keep to, together with whoever shares it; as many go as go where it is left out. */
  readonly throttle?: Throttle | undefined;
}

/** Milliseconds that a little which was given waits for more before nats-server is asked whether it took it. */
const moment = 5;

/** Milliseconds after which a rate that is waited for is asked again. */
const atMost = 100;

interface Waiting {
  readonly bytes: number;
  readonly admit: () => void;
}

/**
 * Lets replies be made only as fast as nats-server takes them, whoever asks for how much: what a reader has asked for
 * waits as a request, which is small. Where many wait, each reader's next one goes in turn, so that nobody gets more by
 * asking for more.
 */
export class Turns {
  readonly #connection: Pick<NatsConnection, "flush">;
  readonly #most: number;
  readonly #throttle: Throttle | undefined;
  /** What waits, by reader; whose turn it is comes first. */
  readonly #waiting = new Map<object, Waiting[]>();
  #unsent = 0;
  /** What was given to the connection since it was last asked whether all has left. */
  #given = 0;
  #leaving: Uint8Array[] = [];
  #flushing = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(connection: Pick<NatsConnection, "flush">, { unsent = 8 * 1024 * 1024, throttle }: TurnsOptions = {}) {
    this.#connection = connection;
    this.#most = unsent;
    this.#throttle = throttle;
  }

  /**
   * Waits for this reader's turn to be sent so many bytes at the most; what it resolves with is called when they are about
   * to be given to the connection, as this frame, or never will be. What the frame is shorter by is given back at once,
   * and the frame's memory when it has left. Rejects with the signal's reason.
   */
  async take(reader: object, bytes: number, signal: AbortSignal): Promise<(frame?: Uint8Array) => void> {
    signal.throwIfAborted();
    if (this.#waiting.size === 0 && this.#fits(bytes)) this.#admit(bytes);
    else await this.#wait(reader, bytes, signal);
    return (frame) => {
      const sent = Math.min(frame?.length ?? 0, bytes);
      this.#admit(sent - bytes);
      this.#next();
      // The reply is given to the connection before the next turn of the event loop.
      setImmediate(() => {
        this.#given += sent;
        if (frame) this.#leaving.push(frame);
        void this.#flush();
      });
    };
  }

  #wait(reader: object, bytes: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(reader) ?? [];
      const place = { bytes, admit: () => (signal.removeEventListener("abort", abort), resolve()) };
      const abort = () => {
        queue.splice(queue.indexOf(place), 1);
        if (queue.length === 0) this.#waiting.delete(reader);
        reject(signal.reason);
        this.#next();
      };
      signal.addEventListener("abort", abort, { once: true });
      queue.push(place);
      this.#waiting.set(reader, queue);
      this.#next();
    });
  }

  #fits = (bytes: number): boolean =>
    (this.#unsent === 0 || this.#unsent + bytes <= this.#most) && (this.#throttle?.wait ?? 0) === 0;

  #admit(bytes: number): void {
    this.#unsent += bytes;
    this.#throttle?.spend(bytes);
  }

  #next(): void {
    for (const [reader, queue] of this.#waiting) {
      const [place] = queue;
      if (!place || !this.#fits(place.bytes)) break;
      queue.shift();
      // Behind all others; a map goes on with what is put at its end while it is walked.
      this.#waiting.delete(reader);
      if (queue.length > 0) this.#waiting.set(reader, queue);
      this.#admit(place.bytes);
      place.admit();
    }
    const wait = this.#throttle?.wait ?? 0;
    clearTimeout(this.#timer);
    // Others that keep to the same rate may give some of theirs back before.
    if (wait > 0 && this.#waiting.size > 0) this.#timer = setTimeout(() => this.#next(), Math.min(wait, atMost));
  }

  /** Asks nats-server to say when it has taken everything; one such question at a time. */
  async #flush(): Promise<void> {
    if (this.#flushing) return;
    this.#flushing = true;
    while (this.#given > 0) {
      // A question for each reply would wake three processes for it.
      if (this.#given < this.#most / 4) await sleep(moment);
      const [given, leaving] = [this.#given, this.#leaving];
      this.#given = 0;
      this.#leaving = [];
      // Where the connection is lost, so is what was given to it; but who knows what still holds it.
      const left = await this.#connection.flush().then(
        () => true,
        () => false,
      );
      if (left) for (const frame of leaving) letGo(frame);
      this.#unsent -= given;
      this.#next();
    }
    this.#flushing = false;
  }
}
