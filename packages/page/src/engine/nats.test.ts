import { errors, type NatsConnection, type Status, type wsconnect } from "@nats-io/nats-core";
import { authenticator, createKey, userJwt } from "@natster/trust";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Login, natsUrl, openNats } from "./nats.ts";

const account = createKey("account");
const key = createKey("user");
const jwt = userJwt(account, { user: key.public, name: "page", issuedAt: 1, role: "browser" });
const device: Login = { user: key.public, proofs: { authenticator: authenticator({ jwt, key }) } };

/** A connection that is steered by the test. */
function fakeConnection() {
  const says: Status[] = [];
  let wake = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void | Error>();
  let over = false;
  const connection = {
    async *status() {
      while (!over || says.length > 0) {
        if (says.length === 0) await wake.promise;
        wake = Promise.withResolvers();
        yield* says.splice(0);
      }
    },
    closed: () => ended.promise,
    close: vi.fn<() => Promise<void>>(() => Promise.resolve()),
  };
  return {
    connection: connection as unknown as NatsConnection,
    close: connection.close,
    say: (type: "disconnect" | "reconnect" | "reconnecting" | "staleConnection") => {
      says.push({ type, server: "" });
      wake.resolve();
    },
    end: (reason?: Error) => {
      over = true;
      wake.resolve();
      ended.resolve(reason);
    },
  };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const later = () => vi.advanceTimersByTimeAsync(60_000);
const soon = () => vi.advanceTimersByTimeAsync(0);

test.each([
  ["http://127.0.0.1:8080/", "ws://127.0.0.1:8080/nats"],
  ["https://share.example.org/", "wss://share.example.org/nats"],
  ["https://example.org/natster/?x#/library", "wss://example.org/natster/nats"],
])("from %s NATS is at %s", (page, url) => {
  expect(natsUrl(page)).toBe(url);
});

test("it connects as the device, to an inbox of its own, and for ever", async () => {
  const dial = vi.fn<typeof wsconnect>(() => Promise.resolve(fakeConnection().connection));
  openNats(device, "ws://here/nats", dial);
  await soon();
  expect(dial).toHaveBeenCalledWith(
    expect.objectContaining({
      servers: ["ws://here/nats"],
      inboxPrefix: `_INBOX.${key.public}`,
      maxReconnectAttempts: -1,
      ignoreClusterUpdates: true,
    }),
  );
});

test("a connection that is lost is looked for, and found", async () => {
  const fake = fakeConnection();
  const nats = openNats(device, "ws://here/nats", () => Promise.resolve(fake.connection));
  const seen: string[] = [];
  nats.watch(() => seen.push(nats.state().state));
  await soon();
  for (let dial = 0; dial < 3; dial++) fake.say("disconnect");
  await soon();
  fake.say("reconnect");
  await soon();
  expect(seen).toEqual(["connected", "looking", "connected"]);
});

test("a socket that has fallen silent is left at once, and not closed in order", async () => {
  const fake = fakeConnection();
  const leave = vi.fn<() => void>();
  const proofs = { ...device.proofs, leave };
  openNats({ ...device, proofs }, "ws://here/nats", () => Promise.resolve(fake.connection));
  await soon();
  expect(leave).not.toHaveBeenCalled();
  fake.say("staleConnection");
  await soon();
  expect(leave).toHaveBeenCalledTimes(1);
});

test("however often the library asks how long to wait, it is the same until it has tried", async () => {
  const fake = fakeConnection();
  const dial = vi.fn<typeof wsconnect>(() => Promise.resolve(fake.connection));
  openNats(device, "ws://here/nats", dial);
  await soon();
  const pause = dial.mock.calls[0]?.[0]?.reconnectDelayHandler ?? (() => Number.NaN);
  const first = pause();
  expect([pause(), pause()]).toEqual([first, first]);
  expect(first).toBeLessThanOrEqual(500);
  fake.say("reconnecting");
  await soon();
  expect(pause()).toBeGreaterThanOrEqual(500);
});

test("nats-server that is away at first is looked for until it is there", async () => {
  let tries = 0;
  const nats = openNats(device, "ws://here/nats", () =>
    ++tries < 10 ? Promise.reject(new Error("away")) : Promise.resolve(fakeConnection().connection),
  );
  await soon();
  expect(nats.state().state).toBe("looking");
  await later();
  await later();
  expect(nats.state().state).toBe("connected");
});

test("a device that is refused again and again is told so", async () => {
  const dial = vi.fn<typeof wsconnect>(() => Promise.reject(new errors.AuthorizationError("Authorization Violation")));
  const nats = openNats(device, "ws://here/nats", dial);
  await later();
  expect(nats.state()).toEqual({ state: "ended", why: "refused" });
  expect(dial).toHaveBeenCalledTimes(3);
});

test("a server that is too busy to be proved to is asked again", async () => {
  let tries = 0;
  const nats = openNats(device, "ws://here/nats", () =>
    ++tries < 6
      ? Promise.reject(new errors.AuthorizationError("Authentication Timeout"))
      : Promise.resolve(fakeConnection().connection),
  );
  await later();
  expect(nats.state().state).toBe("connected");
});

test("a device that expires while it is connected is told so", async () => {
  const fake = fakeConnection();
  const nats = openNats({ ...device, expires: Date.now() + 1_000 }, "ws://here/nats", () =>
    Promise.resolve(fake.connection),
  );
  await soon();
  await vi.advanceTimersByTimeAsync(2_000);
  fake.end(new errors.UserAuthenticationExpiredError("User Authentication Expired"));
  await later();
  expect(nats.state()).toEqual({ state: "ended", why: "expired" });
});

test("closed while it still looks, it closes what it finds, and says nothing more", async () => {
  const fake = fakeConnection();
  const found = Promise.withResolvers<NatsConnection>();
  const dial = vi.fn<typeof wsconnect>(() => found.promise);
  const nats = openNats(device, "ws://here/nats", dial);
  const changed = vi.fn<() => void>();
  nats.watch(changed);
  nats.close();
  found.resolve(fake.connection);
  await later();
  expect(fake.close).toHaveBeenCalled();
  expect(changed).not.toHaveBeenCalled();
  expect(dial).toHaveBeenCalledTimes(1);
});
