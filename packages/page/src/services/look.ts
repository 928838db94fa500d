/** Asks who is there, and goes on asking while somebody looks at the answer. */
import type { Engine } from "../engine/api.ts";
import { EngineError } from "../engine/engine-error.ts";
import { type Directory, nobody, observe } from "./directory.ts";

/** What the services API says, or why it says nothing. */
export type Seen =
  | { readonly state: "waiting" }
  | { readonly state: "denied" }
  | { readonly state: "seen"; readonly directory: Directory };

const every = 2_000;

/** Looks every two seconds while the page is visible, and tells what is seen, until the signal says to stop. */
export async function lookOn(
  { look }: Pick<Engine, "look">,
  begin: Seen,
  tell: (seen: Seen) => void,
  signal: AbortSignal,
): Promise<void> {
  let directory = begin.state === "seen" ? begin.directory : nobody;
  while (!signal.aborted) {
    await visible(signal);
    try {
      const seen = await look(described(directory));
      if (signal.aborted) return;
      directory = observe(directory, seen);
      tell({ state: "seen", directory });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof EngineError && error.trouble === "denied") return tell({ state: "denied" });
      // Anything else is a connection that was lost meanwhile: the next look will tell.
    }
    await passed(every, signal);
  }
}

/** The instances of which more is known than figures. */
const described = ({ instances }: Directory): string[] =>
  [...instances].filter(([, { info }]) => info !== undefined).map(([id]) => id);

/** Resolves when the page is visible, or the signal says to stop. */
const visible = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const check = () => {
      if (document.visibilityState !== "visible" && !signal.aborted) return;
      document.removeEventListener("visibilitychange", check);
      signal.removeEventListener("abort", check);
      resolve();
    };
    document.addEventListener("visibilitychange", check);
    signal.addEventListener("abort", check);
    check();
  });

const passed = (milliseconds: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
