/**
 * The engine: one device, one connection, for all tabs of this browser. What the first view does without is loaded when it
 * is wanted.
 */
import { applied, notices, type Person } from "@natster/person";
import type { Engine, News, Session } from "./api.ts";
import type { Catalogs } from "./catalogs.ts";
import { forgetCodes } from "./code-store.ts";
import { EngineError } from "./engine-error.ts";
import { openSession } from "./session.ts";

/** Starts the engine of a page: with the device that is kept, if there is one. `tell` reaches every tab. */
export function startEngine(page: string, tell: (news: News) => void): Engine & { readonly session: () => Session } {
  const own = openSession(page, {
    session: (session) => tell({ kind: "session", session }),
    connected(connected) {
      void hear(connected.person, tell);
      // Where the account's key is kept, this browser answers the codes that it made.
      if (connected.device.accountSeed === undefined) return;
      void passingOn()
        .then(({ answerCodes }) => answerCodes(connected))
        .catch(() => undefined);
    },
  });
  const comes = async () => (await import("./coming.ts")).waysIn(page, own);
  const gives = async () => (await passingOn()).passingOn(page, own);

  /** The catalogs that are read over the connection that there is. */
  let opened: { readonly person: Person; readonly catalogs: Promise<Catalogs> } | undefined;
  const catalogs = (): Promise<Catalogs> => {
    const { person } = own.now();
    if (opened?.person !== person) {
      opened = { person, catalogs: import("./catalogs.ts").then(({ Catalogs }) => new Catalogs(person)) };
    }
    return opened.catalogs;
  };

  return {
    session: own.session,
    signIn: ({ creds, instead }) => own.adopt(creds, { ...(instead && { instead }) }),
    begin: async (beginning) => (await comes()).begin(beginning),
    redeem: async (redemption) => (await comes()).redeem(redemption),
    restore: async (copy) => (await comes()).restore(copy),
    share: async (what) => (await gives()).share(what),
    shareLink: async (what) => (await gives()).shareLink(what),
    deviceLink: async (what) => (await gives()).deviceLink(what),
    exportAccount: async (what) => (await gives()).exportAccount(what),
    async signOut() {
      const revoked = await own.signOut();
      await forgetCodes().catch(() => undefined);
      return { revoked };
    },
    tryAgain: async () => own.tryAgain(),
    wake: own.wake,
    async ask({ service, endpoint, request }) {
      const asks = own.now().person[service] as Record<string, (request: unknown) => Promise<unknown>>;
      const ask = asks[endpoint];
      if (!ask) throw new EngineError("fault", `${service} has no ${endpoint}`);
      return ask(request);
    },
    applied: ({ account, after }) => applied(own.now().person.connection, account, after),
    list: async (what, { signal, tell }) => (await catalogs()).list(what, tell, signal),
    read: async (part, { signal }) => (await catalogs()).read(part, signal),
    look: async (known) => (await import("./look.ts")).look(own.now().person.connection, new Set(known)),
  };
}

const passingOn = () => import("./passing-on.ts");

/** Tells what the feed says, until the connection closes for good. */
async function hear(person: Person, tell: (news: News) => void): Promise<void> {
  for await (const notice of notices(person)) tell({ kind: "notice", notice });
}
