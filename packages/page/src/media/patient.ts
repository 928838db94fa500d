/** Reading through interruptions: what is away for a moment is asked for again, what is away for good is not. */
import { EngineError, type Trouble } from "../engine/engine-error.ts";

type Read = (offset: number, length: number, signal: AbortSignal) => Promise<Uint8Array<ArrayBuffer>>;

/** For how long, in milliseconds, each kind of trouble is waited out. What is not named is not. */
export type Patience = Partial<Record<Trouble, number>>;

/** Makes reading patient. `waits` is told when it begins and when it ends to wait. */
export function patiently(
  read: Read,
  patience: Patience,
  { waits = () => undefined, pause = passed }: { waits?: (waiting: boolean) => void; pause?: typeof passed } = {},
): Read {
  return async (offset, length, signal) => {
    let [waited, most] = [0, 0];
    for (let next = 250; ; next = Math.min(5_000, next * 2)) {
      try {
        const bytes = await read(offset, length, signal);
        if (waited > 0) waits(false);
        return bytes;
      } catch (error) {
        const may = error instanceof EngineError ? patience[error.trouble] : undefined;
        // Whoever serves it lost the connection too, and comes back in their own time: the longer patience holds.
        most = Math.max(most, may ?? 0);
        if (may === undefined || waited >= most) throw error;
        waits(true);
        await pause(next, signal);
        waited += next;
      }
    }
  };
}

/** Lets time pass. Throws the signal's reason. */
const passed = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
