/**
 * What the kit costs: an endpoint of it and its client, against a bare nats.js responder and requester that carry the
 * same JSON and check nothing. Each responder is a process of its own. Once inside one account, once through the import
 * by which people reach the platform, where nats-server says who asks and the kit reads it.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { client, connect, silentLog } from "@natster/micro";
import { startNatsServer } from "@natster/nats-server";
import { createDevice } from "@natster/person";
import { accountJwt, createKey, createOperator, formatCreds, keyFromSeed, userJwt } from "@natster/trust";
import { connect as dial, credsAuthenticator } from "@nats-io/transport-node";
import { compare, type Bench, p50, rate, type Row } from "./harness.ts";
import { bareSubject, beyond, inside, type ResponderOptions } from "./micro-contract.ts";

const inFlight = 64;

export const bench: Bench = async ({ rounds }) => {
  await using undo = new AsyncDisposableStack();
  const directory = await mkdtemp(join(tmpdir(), "natster-bench-"));
  undo.defer(() => rm(directory, { recursive: true, force: true, maxRetries: 3 }));

  const issuedAt = Math.floor(Date.now() / 1000);
  const {
    operatorJwt: jwt,
    systemAccount,
    preload,
    platform,
    lobby,
    signingKey,
    offline,
  } = createOperator({ issuedAt });
  const person = createKey("account");
  const state = {
    account: person.public,
    status: "open",
    administrator: false,
    exports: [],
    imports: [],
    userRevocations: {},
  } as const;
  const admitted = accountJwt(state, { signer: keyFromSeed(signingKey, "operator"), platform, issuedAt });
  const nats = undo.use(
    await startNatsServer({
      directory,
      operator: { jwt, systemAccount, preload: { ...preload, [person.public]: admitted } },
    }),
  );

  const device = () => createDevice(person, { name: "bench", role: "owner" });
  const service = (): string => {
    const user = createKey("user");
    const permissions = { pub: { allow: [">"] }, sub: { allow: [">"] } };
    return formatCreds(
      userJwt(keyFromSeed(offline.platform, "account"), { user: user.public, name: "bench", permissions, issuedAt }),
      user,
    );
  };
  for (const kind of ["kit", "bare"] as const) {
    undo.use(await startResponder({ kind, url: nats.url, inside: device(), beyond: service(), lobby: lobby.account }));
  }
  const kit = await connect({ servers: nats.url, creds: device(), name: "kit", log: silentLog() });
  undo.defer(() => kit.close());
  // As somebody connects who has never seen the kit.
  const bare = await dial({
    servers: nats.url,
    authenticator: credsAuthenticator(new TextEncoder().encode(device())),
  });
  undo.defer(() => bare.close());
  const said = { text: "the tide comes in and the tide goes out", number: 42 };
  const bareAsk = (subject: string) => async () => (await bare.request(subject, JSON.stringify(said))).json();
  const clients = { inside: client(inside, kit), beyond: client(beyond, kit) };
  const places = [
    ["in one account", () => clients.inside.echo(said), bareAsk(bareSubject.inside)],
    ["through an import", () => clients.beyond.echo(said), bareAsk(bareSubject.beyond)],
  ] as const;

  const rows: Row[] = [];
  for (const [where, ours, baseline] of places) {
    const rates = { ours: () => rate(ours, 4_000, inFlight), baseline: () => rate(baseline, 4_000, inFlight) };
    rows.push(await compare(`requests ${where}, ${inFlight} in flight`, "/s", rates, rounds, { atLeast: 0.8 }));
    const times = { ours: () => p50(ours, 1_000), baseline: () => p50(baseline, 1_000) };
    rows.push(await compare(`p50 ${where}, one after another`, "ms", times, rounds, { atMost: 1.25 }));
  }
  return rows;
};

/** Starts a responder in a process of its own; resolves when it answers. `node --cpu-prof` goes for it too. */
async function startResponder(options: ResponderOptions): Promise<AsyncDisposable> {
  const child = fork(join(import.meta.dirname, "micro-responder.ts"), {
    serialization: "json",
  });
  const ended = once(child, "exit");
  child.send(options);
  await Promise.race([
    once(child, "message"),
    ended.then(([code]) => Promise.reject(new Error(`the ${options.kind} responder ended with ${code}`))),
  ]);
  return {
    async [Symbol.asyncDispose]() {
      child.disconnect();
      await ended;
    },
  };
}
