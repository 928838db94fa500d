/** The engine and the ports of its tabs. */
import type { News } from "./api.ts";
import { startEngine } from "./engine.ts";
import { explain } from "./explain.ts";
import { answerCalls } from "./remote.ts";
import { whenWoken } from "./when-woken.ts";

/** What a tab says first: the name of a lock that it holds for as long as it lives. */
export interface Hello {
  readonly lock: string;
}

/** Starts the engine for a page; the result takes in one port after another. */
export function serveTabs(page: string): ((port: MessagePort) => void) & { readonly wake: () => void } {
  const ports = new Set<MessagePort>();
  const tell = (news: News) => {
    for (const port of ports) port.postMessage({ news });
  };
  const engine = startEngine(page, tell);

  const serve = (port: MessagePort) => {
    const methods = {
      ...engine,
      async hello({ lock }: Hello) {
        ports.add(port);
        port.postMessage({ news: { kind: "session", session: engine.session() } });
        // A port does not say that its other end is gone; the lock becomes free when it is.
        void navigator.locks.request(lock, () => {
          ports.delete(port);
          port.close();
        });
      },
      /** Another port with the same engine behind it, such as that of a tab's own worker. */
      async attach(other: MessagePort) {
        serve(other);
      },
    };
    answerCalls(port, methods, explain);
  };
  whenWoken(() => void engine.wake());
  return Object.assign(serve, { wake: () => void engine.wake() });
}
