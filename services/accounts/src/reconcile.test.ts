import { AccountKey, CatalogName } from "@natster/contracts";
import { createKey, readJwt, signGrant } from "@natster/trust";
import { expect, test } from "vitest";
import { createReconciler } from "./reconcile.ts";
import { PushRefusedError } from "./resolver.ts";

const account = AccountKey.parse(createKey("account").public);
const signer = createKey("operator");

test("a push that another pusher has overtaken is made good by the one that comes late", async () => {
  let version = 1;
  let held: string | undefined;
  const pushes: string[] = [];
  const options = {
    gather: async () => ({
      version,
      state: {
        account,
        status: version === 1 ? ("open" as const) : ("suspended" as const),
        administrator: false,
        exports: [],
        imports: [],
        userRevocations: {},
      },
    }),
    signer: () => signer,
    platform: AccountKey.parse(createKey("account").public),
    onFault: () => undefined,
    onRefused: () => undefined,
  };
  const lookup = async () => held;
  const other = createReconciler({ ...options, resolver: { lookup, push: async (jwt) => void (held = jwt) } });
  const late = createReconciler({
    ...options,
    resolver: {
      lookup,
      async push(jwt) {
        if (pushes.push(jwt) === 1) {
          // It has rendered already; meanwhile something happens, and another has pushed that.
          version = 2;
          await other.now(account);
        }
        held = jwt;
      },
    },
  });
  await late.now(account);
  expect(pushes.map((jwt) => readJwt(jwt))).toMatchObject([
    { nats: { limits: { conn: 64 } } },
    { nats: { limits: { conn: 0 } } },
  ]);
  expect(await late.isApplied(account)).toBe(true);
  await late.now(account);
  expect(pushes).toHaveLength(2);
});

test("of thousands that are concerned at once, a few are compared at a time, and all of them are in the end", async () => {
  const accounts = Array.from({ length: 500 }, () => AccountKey.parse(createKey("account").public));
  const gathered = new Set<AccountKey>();
  let [underWay, most] = [0, 0];
  const reconciler = createReconciler({
    async gather(of) {
      most = Math.max(most, ++underWay);
      await new Promise(setImmediate);
      underWay--;
      gathered.add(of);
      return undefined;
    },
    resolver: { lookup: async () => undefined, push: async () => undefined },
    signer: () => signer,
    platform: AccountKey.parse(createKey("account").public),
    onFault: () => undefined,
    onRefused: () => undefined,
  });

  await Promise.all(accounts.map((each) => reconciler.now(each)));

  expect(gathered.size).toBe(accounts.length);
  expect(most).toBeLessThanOrEqual(16);
});

test("whoever something happens to does not wait until all others have been compared", async () => {
  const newcomer = AccountKey.parse(createKey("account").public);
  const others = Array.from({ length: 100 }, () => AccountKey.parse(createKey("account").public));
  const slow = Promise.withResolvers<undefined>();
  const gathered: AccountKey[] = [];
  const reconciler = createReconciler({
    gather(of) {
      gathered.push(of);
      return of === newcomer ? Promise.resolve(undefined) : slow.promise;
    },
    resolver: { lookup: async () => undefined, push: async () => undefined },
    signer: () => signer,
    platform: AccountKey.parse(createKey("account").public),
    onFault: () => undefined,
    onRefused: () => undefined,
  });
  for (const each of others) reconciler.soon(each);
  await expect.poll(() => gathered.length).toBeGreaterThan(0);

  await reconciler.now(newcomer);

  expect(gathered.length).toBeLessThan(others.length);
  // What is under way waits as what is still in line does.
  expect(reconciler.waiting).toBe(others.length);
  slow.resolve(undefined);
  await reconciler.flush();
  expect(reconciler.waiting).toBe(0);
  expect(new Set(gathered).size).toBe(others.length + 1);
});

const claimsOf = (jwt = "") => {
  const read = readJwt(jwt);
  if (read.refused !== undefined) throw new Error(read.refused);
  return read;
};

/** Somebody who has accepted a catalog, and a nats-server that keeps their JWT as far as `keeps` lets it. */
function anAccount(keeps: (jwt: string) => boolean) {
  const owner = createKey("account");
  const catalog = CatalogName.parse("photos");
  const grant = signGrant(owner, { catalog, recipient: account, issuedAt: 1 });
  const state = {
    account,
    status: "open" as const,
    administrator: false,
    exports: [],
    imports: [{ owner: AccountKey.parse(owner.public), catalog, grant }],
    userRevocations: {},
  };
  const files = new Map<AccountKey, string>();
  const pushed: string[] = [];
  const refused: string[] = [];
  const reconciler = createReconciler({
    gather: async () => ({ version: 1, state }),
    resolver: {
      lookup: async (of) => files.get(of),
      async push(jwt) {
        pushed.push(jwt);
        if (keeps(jwt)) files.set(account, jwt);
      },
    },
    signer: () => signer,
    platform: AccountKey.parse(createKey("account").public),
    onFault: () => undefined,
    onRefused: (_, { grant: bad }, reason) => void refused.push(`${bad}: ${reason}`),
  });
  return { reconciler, files, pushed, refused, grant };
}

test("a JWT whose file is gone is stored again by a nats-server that remembers it, once", async () => {
  let remembered: string | undefined;
  const { reconciler, files, pushed } = anAccount((jwt) => {
    const isNew = jwt !== remembered;
    remembered = jwt;
    return isNew;
  });
  await reconciler.now(account);
  expect(pushed).toHaveLength(1);
  const { iat, nats } = claimsOf(pushed[0]);
  for (const later of [1, 0]) {
    files.clear();
    await reconciler.now(account);
    expect(claimsOf(files.get(account))).toMatchObject({ iat: iat + later, nats });
    expect(await reconciler.isApplied(account)).toBe(true);
  }
  expect(pushed).toHaveLength(4);
  await reconciler.now(account);
  expect(pushed).toHaveLength(4);
});

test("a JWT that nats-server says to have stored, and has not, is tried again and counted", async () => {
  let keeps = false;
  const { reconciler, files } = anAccount(() => keeps);
  await expect(reconciler.now(account)).rejects.toThrow(PushRefusedError);
  expect(reconciler.refusedAccounts).toBe(1);
  keeps = true;
  await reconciler.now(account);
  expect(reconciler.refusedAccounts).toBe(0);
  expect(files.has(account)).toBe(true);
});

test("a grant that nats-server refuses for a reason that may pass is not left out for good", async () => {
  const reasons = ["jwt validation failed - another's", "jwt update resulted in error - no space left on device"];
  const { reconciler, files, refused, grant } = anAccount((jwt) => {
    const reason = JSON.stringify(readJwt(jwt)).includes(grant) ? reasons.shift() : undefined;
    if (reason !== undefined) throw new PushRefusedError(reason);
    return true;
  });
  await expect(reconciler.now(account)).rejects.toThrow("no space left on device");
  await reconciler.now(account);
  expect(refused).toEqual([]);
  expect(claimsOf(files.get(account))).toMatchObject({
    nats: { imports: expect.arrayContaining([expect.objectContaining({ token: grant })]) },
  });
});

test("a grant for whose sake nats-server refuses a JWT is left out, and the rest is pushed", async () => {
  const { reconciler, files, refused, grant } = anAccount((jwt) => {
    if (JSON.stringify(readJwt(jwt)).includes(grant)) throw new PushRefusedError("jwt validation failed - a bad token");
    return true;
  });
  await reconciler.now(account);
  expect(refused).toEqual([`${grant}: jwt validation failed - a bad token`]);
  expect(reconciler.refused).toBe(1);
  expect(await reconciler.isApplied(account)).toBe(true);
  expect(files.has(account)).toBe(true);
});
