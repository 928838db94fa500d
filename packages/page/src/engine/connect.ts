/** A tab's side of the engine. */
// oxlint-disable-next-line import/default -- the bundler gives it one
import engineUrl from "./main.ts?sharedworker&url";
import { scriptUrl } from "../trusted.ts";
import type { Engine, EndpointsOf, Listing, ListingPart, News, Reply, Request, Services, Session } from "./api.ts";
import type { FeedNotice } from "@natster/contracts/library";
import { callBy, type Remote } from "./remote.ts";

type Told<T = never> = { readonly signal?: AbortSignal; readonly tell?: (part: T) => void };

/** The engine, as a tab has it. Everything throws `EngineError`. */
export interface EngineClient extends Omit<Engine, "ask" | "list" | "read"> {
  /** Asks a service. */
  readonly ask: <S extends keyof Services, N extends keyof EndpointsOf<S> & string>(
    service: S,
    endpoint: N,
    request: Request<S, N>,
  ) => Promise<Reply<S, N>>;
  readonly list: (what: Listing, told: Told<ListingPart>) => Promise<void>;
  readonly read: (part: Parameters<Engine["read"]>[0], told?: Told) => ReturnType<Engine["read"]>;
  /** How it stands; the same value until it changes. */
  readonly session: () => Session;
  /** Calls back after each change of the session, until the returned function is called. */
  readonly watch: (changed: () => void) => () => void;
  /** Calls back with each hint of the feed, until the returned function is called. */
  readonly hear: (heard: (notice: FeedNotice) => void) => () => void;
  /** A port with the same engine behind it, to be given to a worker. */
  readonly another: () => MessagePort;
}

/** Connects this tab with the engine of this browser, starting it where this is the first tab. */
export function connectEngine(): EngineClient {
  const watchers = new Set<() => void>();
  const listeners = new Set<(notice: FeedNotice) => void>();
  let session: Session = { state: "starting" };

  const port = openPort();
  const remote = callBy<News>(port, (news) => {
    if (news.kind === "notice") {
      for (const listener of listeners) listener(news.notice);
    } else {
      session = news.session;
      for (const watcher of watchers) watcher();
    }
  });
  const on =
    <T>(set: Set<T>) =>
    (callback: T) => {
      set.add(callback);
      return () => void set.delete(callback);
    };
  // Nobody waits for it: what is asked meanwhile is answered when the engine has begun.
  void greet(remote);

  const wake = () => {
    if (document.visibilityState === "visible") void remote.call("wake");
  };
  document.addEventListener("visibilitychange", wake);
  document.addEventListener("resume", wake);
  addEventListener("online", wake);

  return {
    ...methods(remote),
    session: () => session,
    watch: on(watchers),
    hear: on(listeners),
    another() {
      const { port1, port2 } = new MessageChannel();
      port.postMessage({ call: 0, method: "attach", argument: port2 }, [port2]);
      return port1;
    },
  };
}

/** The engine's methods, each a call. */
function methods(remote: Remote) {
  const plain = <N extends keyof Engine>(method: N) =>
    ((argument?: unknown) => remote.call(method, argument)) as unknown as Engine[N];
  return {
    signIn: plain("signIn"),
    begin: plain("begin"),
    redeem: plain("redeem"),
    restore: plain("restore"),
    signOut: plain("signOut"),
    tryAgain: plain("tryAgain"),
    wake: plain("wake"),
    applied: plain("applied"),
    share: plain("share"),
    shareLink: plain("shareLink"),
    deviceLink: plain("deviceLink"),
    exportAccount: plain("exportAccount"),
    look: plain("look"),
    ask: (service, endpoint, request) => remote.call("ask", { service, endpoint, request }) as Promise<never>,
    list: async (what, told) => void (await remote.call("list", what, told)),
    read: (part, told) => remote.call("read", part, told) as ReturnType<Engine["read"]>,
  } satisfies Partial<EngineClient>;
}

/** Holds a lock for as long as this tab lives, and tells the engine its name. */
async function greet(remote: Remote): Promise<void> {
  const lock = `natster-tab-${crypto.randomUUID()}`;
  await new Promise<void>((held) => {
    void navigator.locks.request(lock, () => {
      held();
      return new Promise(() => undefined);
    });
  });
  await remote.call("hello", { lock });
}

function openPort(): MessagePort {
  // Some browsers of phones know no shared workers: there each tab has an engine of its own, for the same device.
  if (!("SharedWorker" in globalThis)) {
    const { port1, port2 } = new MessageChannel();
    void import("./serve-tabs.ts").then(({ serveTabs }) => serveTabs(document.baseURI)(port2));
    return port1;
  }
  // It is called as the page that it is of, since its address has to be the one by which its own parts know it.
  const name = new URL("./", document.baseURI).href;
  return new SharedWorker(scriptUrl(new URL(engineUrl, import.meta.url)), { type: "module", name }).port;
}
