/** An instance of Alice's that is Alice's in truth, and lies: what is said inside of its sessions is whatever it likes. */
import { type CatalogName, InstanceId, SignedText } from "@natster/contracts";
import { encodeBundle } from "@natster/files";
import { readOpen, sealSession, ServingSession, sessionIn, signAnswer } from "@natster/trust";
import { nuid } from "@nats-io/nats-core";
import * as z from "zod";
import { now, photos, type Served } from "./served.fixture.ts";

/** What it says to each request, as it stands: JSON, or the bytes of a range. */
export type Lie = (verb: string, request: Record<string, unknown>) => unknown;

const alone = (said: unknown) => (said instanceof Uint8Array ? said : undefined);

/**
 * Answers everything that is asked of a catalog of Alice's, her photos; nobody else may serve it meanwhile. Several small
 * files that go together become what `bundled` makes of them.
 */
export async function serveLies(
  { server, catalog = photos }: Pick<Served, "server"> & { readonly catalog?: CatalogName },
  lie: Lie,
  bundled: (honest: Buffer) => Uint8Array = (honest) => honest,
): Promise<AsyncDisposable> {
  const { connection, device, account: owner } = server;
  const instance = InstanceId.parse(nuid.next());
  const sessions = new Map<string, ServingSession>();

  const open = async (said: string, from: string | undefined): Promise<Uint8Array> => {
    const signed = SignedText.parse(JSON.parse(said));
    const wanted = { purpose: "files", owner, catalog } as const;
    const account = /"acc":"(A[A-Z2-7]{55})"/.exec(from ?? "")?.[1];
    const check = { wanted, now: now(), from: account as never, isPublic: false, isRevoked: () => false };
    const opening = readOpen(signed, check);
    if (opening.refused !== undefined) throw new Error(opening.refused);
    const welcome = Buffer.from(JSON.stringify({ revision: 1, maxRange: 262_144 }));
    const { enc, sealed, secrets } = await sealSession(opening, welcome);
    const session = crypto.getRandomValues(new Uint8Array(16));
    sessions.set(Buffer.from(session).toString("hex"), new ServingSession(secrets.requests, await secrets.replies(0)));
    const answer = await signAnswer(device, opening.hash, { session, instance, expires: now() + 600, enc, sealed });
    return Buffer.from(JSON.stringify(answer));
  };
  /** Small files are asked for together, and each is the same lie as alone. */
  const tell: Lie = (verb, asked) =>
    verb === "readmany"
      ? bundled(
          Buffer.from(
            encodeBundle(
              z
                .array(z.string())
                .parse(asked["digests"])
                .map((digest) => alone(lie("read", { digest, offset: 0 }))),
            ),
          ),
        )
      : lie(verb, asked);
  const inside = async (verb: string, frame: Uint8Array): Promise<Uint8Array> => {
    const session = sessions.get(Buffer.from(sessionIn(frame) ?? []).toString("hex"));
    if (!session) throw new Error("no session");
    const request = await session.request(verb, frame);
    const said = tell(verb, JSON.parse(Buffer.from(request.body).toString()));
    return session.reply(request, said instanceof Uint8Array ? said : Buffer.from(JSON.stringify(said)));
  };

  const subscription = connection.subscribe(`files.${catalog}.>`, {
    callback: (_, message) => {
      const verb = message.subject.slice(message.subject.lastIndexOf(".") + 1);
      const answering =
        verb === "open"
          ? open(message.string(), message.headers?.get("Nats-Request-Info"))
          : inside(verb, message.data);
      void answering.then((answer) => message.respond(answer));
    },
  });
  await connection.flush();
  return { [Symbol.asyncDispose]: () => subscription.drain() };
}
