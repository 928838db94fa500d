/** Issuers and claimants cut off between any two steps: who comes back goes on, and nothing is done twice. */
import { CatalogName } from "@natster/contracts";
import {
  answerClaim,
  connectDevice,
  createDevice,
  issueDeviceCode,
  issueShareCode,
  memoryClaimStore,
  memoryCodeStore,
  type Person,
  type Place,
  redeem,
  startFulfiller,
} from "@natster/person";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { headers, type NatsConnection } from "@nats-io/nats-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";

// A whole system, on a machine that may have much else to do.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 });

const photos = CatalogName.parse("photos");

let system: TestSystem;
let alice: TestPerson;
beforeAll(async () => {
  system = await startSystem({ registration: "code" });
  alice = system.administrator;
  await alice.catalog.create({ catalog: photos });
});
afterAll(() => system?.[Symbol.asyncDispose]());

class CutOffError extends Error {}

/** A way to the system that ends at a request: before it is sent, or before its answer is heard. */
const cutAt = (subject: string, when: string): Place =>
  otherwiseAt(subject, async (ask) => {
    if (when === "after") await ask();
    throw new CutOffError(subject);
  });

/** A way to the system on which a request is made otherwise. */
const otherwiseAt = (subject: string, otherwise: (ask: () => unknown) => Promise<unknown>): Place => ({
  ...system.platform.place,
  dial: async (options) => through(await system.platform.place.dial(options), subject, otherwise),
});

const through = (
  connection: NatsConnection,
  subject: string,
  otherwise: (ask: () => unknown) => Promise<unknown>,
): NatsConnection =>
  new Proxy(connection, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]): unknown => {
        const ask = (): unknown => Reflect.apply(value, target, args);
        return name === "request" && args[0] === subject ? otherwise(ask) : ask();
      };
    },
  });

const everyCut = (...subjects: string[]) =>
  subjects.flatMap((subject) => ["before", "after"].map((when) => [when, subject] as const));

async function issuerCutAt(subject: string, when: string): Promise<Person> {
  const creds = createDevice(alice.key, { name: "cut off", role: "owner", administrator: true });
  return connectDevice(cutAt(subject, when), creds, "cut off");
}

describe("an issuer", () => {
  test.for(
    everyCut("natster.library.codes", "natster.accounts.applied", "natster.catalog.share", "natster.codes.fulfil"),
  )("cut off %s %s shares once all the same", async ([when, subject]) => {
    const store = memoryCodeStore();
    const code = await issueShareCode(alice, { catalog: photos }, store);
    const redeemed = redeem(system.platform.place, code);
    const claimed = async () => (await alice.library.codes({ code: code.id })).rows[0]?.state;
    await expect.poll(claimed).toBe("claimed");
    {
      await using cutOff = await issuerCutAt(subject, when);
      const answered = answerClaim(cutOff, code.id, { account: alice.key, store });
      await expect(answered).rejects.toThrow(CutOffError);
    }
    await using _fulfiller = await startFulfiller(alice, { account: alice.key, store });
    const given = await redeemed;
    expect(given).toMatchObject({ purpose: "share", catalog: photos });
    const recipient = given.purpose === "share" ? given.joined?.account.public : undefined;
    await expect.poll(() => store.ids()).toEqual([]);
    const shared = async () =>
      (await alice.library.activity({ limit: 50 })).rows.filter(
        (entry) => entry.about === "share" && entry.event === "shared" && entry.recipient === recipient,
      );
    await expect.poll(shared).toHaveLength(1);
  });

  test.for(everyCut("natster.accounts.device", "natster.codes.fulfil"))(
    "cut off %s %s makes one device all the same",
    async ([when, subject]) => {
      const store = memoryCodeStore();
      const code = await issueDeviceCode(alice, { name: `${when} ${subject}`, role: "browser" }, store);
      const redeemed = redeem(system.platform.place, code);
      const claimed = async () => (await alice.library.codes({ code: code.id })).rows[0]?.state;
      await expect.poll(claimed).toBe("claimed");
      {
        await using cutOff = await issuerCutAt(subject, when);
        const answered = answerClaim(cutOff, code.id, { account: alice.key, store });
        await expect(answered).rejects.toThrow(CutOffError);
      }
      await using _fulfiller = await startFulfiller(alice, { account: alice.key, store });
      await expect(redeemed).resolves.toMatchObject({ purpose: "device", account: alice.account });
      const made = async () =>
        (await alice.library.devices({})).rows.filter(({ name }) => name === `${when} ${subject}`);
      await expect.poll(made).toHaveLength(1);
    },
  );
});

describe("a claimant", () => {
  test.for(
    everyCut(
      "natster.codes.claim",
      "natster.accounts.applied",
      "natster.codes.collect",
      "natster.accounts.device",
      "natster.catalog.import",
    ),
  )("cut off %s %s is given what the code is for, under the same account", async ([when, subject]) => {
    const store = memoryCodeStore();
    const claims = memoryClaimStore();
    await using _fulfiller = await startFulfiller(alice, { account: alice.key, store });
    const code = await issueShareCode(alice, { catalog: photos }, store);
    await expect(redeem(cutAt(subject, when), code, { claims })).rejects.toThrow(CutOffError);
    const kept = await claims.load(code.id);
    const given = await redeem(system.platform.place, code, { claims });
    expect(given).toMatchObject({ purpose: "share", owner: alice.account, catalog: photos });
    expect(given.purpose === "share" && given.joined?.account.public).toBe(kept?.transcript.account);
    expect(await claims.load(code.id)).toBeUndefined();
  });

  test("whose claim was taken, and answered with a fault, makes it again", async () => {
    const store = memoryCodeStore();
    const claims = memoryClaimStore();
    await using _fulfiller = await startFulfiller(alice, { account: alice.key, store });
    const code = await issueShareCode(alice, { catalog: photos }, store);
    const faulty = otherwiseAt("natster.codes.claim", async (ask) => {
      await ask();
      const named = headers();
      named.set("Nats-Service-Error-Code", "500");
      return { headers: named, json: () => ({ reason: "internal", message: "internal" }) };
    });
    await expect(redeem(faulty, code, { claims })).rejects.toMatchObject({ reason: "internal" });
    await expect(redeem(system.platform.place, code, { claims })).resolves.toMatchObject({ catalog: photos });
  });

  test("cut off before it has kept what it was given is given it again", async () => {
    const store = memoryCodeStore();
    const claims = memoryClaimStore();
    await using _fulfiller = await startFulfiller(alice, { account: alice.key, store });
    const code = await issueDeviceCode(alice, { name: "phone", role: "browser" }, store);
    const keep = () => Promise.reject(new CutOffError("keep"));
    await expect(redeem(system.platform.place, code, { claims, keep })).rejects.toThrow(CutOffError);
    const given = await redeem(system.platform.place, code, { claims });
    expect(given).toMatchObject({ purpose: "device", account: alice.account });
    expect(await claims.load(code.id)).toBeUndefined();
  });
});
