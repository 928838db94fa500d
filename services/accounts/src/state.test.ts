import { AccountKey, CatalogName, type RowOf } from "@natster/contracts";
import { type access as bucket, accountEvents } from "@natster/contracts/accounts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import { happened, rowsAfter } from "@natster/micro/given";
import { accountJwt, createKey } from "@natster/trust";
import { expect, test } from "vitest";
import { access } from "./access.ts";
import { gather } from "./state.ts";

const anAccount = () => AccountKey.parse(createKey("account").public);
const [alice, bob] = [anAccount(), anAccount()];
/** The second in which these tests happen. */
const now = Date.UTC(2026, 0, 1) / 1000;
type Row = RowOf<typeof bucket>;
type Event = ReturnType<typeof happened>;

/** What Alice's account JWT is rendered from, after what happened. */
async function stateAfter(...events: readonly Event[]) {
  const registered = happened(accountEvents, { account: alice }, { type: "registered", data: {} });
  const rows: [string, Row][] = Object.entries(rowsAfter(access, registered, ...events));
  const gathered = await gather(
    {
      rows: {
        async *scan(...filters) {
          const of = filters.map((filter) => filter.replaceAll(".*", ""));
          for (const [key, row] of rows) if (of.some((each) => key.startsWith(each))) yield { key, row, sequence: 1 };
        },
      },
      parked: { async *of() {} },
    },
    alice,
    false,
  );
  if (!gathered) throw new Error("nobody is there");
  return gathered.state;
}

/** What happens at a second after `now`. */
const at = (second: number) => ({ time: new Date((now + second) * 1000).toISOString() });
const aCatalog = (name: string) => {
  const id = { owner: alice, catalog: CatalogName.parse(name) };
  const share = (recipient = bob) => ({ ...id, recipient });
  return {
    created: happened(catalogEvents, id, { type: "created", data: {} }),
    retired: (second = 0) => happened(catalogEvents, id, { type: "retired", data: { reason: "owner" }, ...at(second) }),
    shared: (second: number) =>
      happened(shareEvents, share(), { type: "shared", data: { grant: "a.b.c", issuedAt: now + second } }),
    imported: (by: AccountKey) => happened(shareEvents, share(by), { type: "imported", data: { public: true } }),
    unshared: (second: number, by = bob) =>
      happened(shareEvents, share(by), { type: "unshared", data: { reason: "owner" }, ...at(second) }),
  };
};

const { created, retired, shared, imported, unshared } = aCatalog("photos");

test("a catalog that is retired is no export, and when it is made again every grant of before is void", async () => {
  const ended = [created, shared(0), retired(5), unshared(6)];
  expect((await stateAfter(...ended)).exports).toEqual([]);
  expect((await stateAfter(...ended, created)).exports).toMatchObject([{ revocations: { "*": now + 5 } }]);
});

test("who had a catalog taken back is named, unless all that they had of it is void for everybody", async () => {
  const revocationsAfter = async (...events: readonly Event[]) => (await stateAfter(...events)).exports[0]?.revocations;
  expect(await revocationsAfter(created, shared(0), unshared(3))).toEqual({ [bob]: now + 3 });
  const again = [created, shared(0), unshared(3), retired(5), created];
  expect(await revocationsAfter(...again)).toEqual({ "*": now + 5 });
  expect(await revocationsAfter(...again, shared(7))).toEqual({ "*": now + 5 });
  expect(await revocationsAfter(...again, shared(7), unshared(9))).toEqual({ "*": now + 5, [bob]: now + 9 });
  // A grant may be dated later than the moment at which its catalog was retired.
  expect(await revocationsAfter(created, shared(6), retired(5), unshared(5), created)).toEqual({
    "*": now + 5,
    [bob]: now + 6,
  });
});

test("neither catalogs that are retired nor strangers who read what was public make an account JWT longer", async () => {
  const sizeOf = async (...events: readonly Event[]) =>
    accountJwt(await stateAfter(...events), { signer: createKey("operator"), platform: bob, issuedAt: now }).length;
  const strangers = Array.from({ length: 50 }, anAccount).flatMap((by) => [imported(by), unshared(1, by)]);
  const catalogs = Array.from({ length: 50 }, (_, index) => aCatalog(`c${index}`));
  const all = [...strangers, ...catalogs.flatMap((each) => [each.created, each.retired()])];

  expect(await sizeOf(created, ...all)).toBe(await sizeOf(created));
});
