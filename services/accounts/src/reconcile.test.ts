import { AccountKey } from "@natster/contracts";
import { createKey, readJwt } from "@natster/trust";
import { expect, test } from "vitest";
import { createReconciler } from "./reconcile.ts";

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
  slow.resolve(undefined);
  await reconciler.flush();
  expect(new Set(gathered).size).toBe(others.length + 1);
});
