/** An account's state, gathered from the access rows: everything that its JWT says. */
import type { AccountKey, EventsContract, IdOf, RowOf } from "@natster/contracts";
import { type access, accountEvents } from "@natster/contracts/accounts";
import { catalogEvents, shareEvents } from "@natster/contracts/catalog";
import type { ParkingReader } from "@natster/micro/projector";
import type { RowReader } from "@natster/micro/rows";
import type { AccountState, OtherLimits } from "@natster/trust";

type Row = RowOf<typeof access>;
type RowOfKind<K extends Row["kind"]> = Extract<Row, { kind: K }>;

/** What nats-server is to be told of an account, and the last event that had a part in it. */
export interface Gathered {
  readonly state: AccountState;
  readonly version: number;
}

/** The access projection, as far as it is read here. */
export interface AccessRows {
  readonly rows: Pick<RowReader<Row>, "scan">;
  readonly parked: Pick<ParkingReader, "of">;
}

/**
 * Gathers an account's state; undefined where no such account was ever registered. What stands aside might be what took
 * a share back, so the shares of its aggregate are left out until it is taken in.
 */
export async function gather(
  { rows, parked }: AccessRows,
  account: AccountKey,
  administrator: boolean,
  usual: OtherLimits = {},
): Promise<Gathered | undefined> {
  let version = 0;
  const found: Row[] = [];
  const read = async () => {
    for await (const { row, sequence } of rows.scan(...everythingOf(account))) {
      // A row that is gone still counts: what took it away is part of the account's history.
      version = Math.max(version, sequence);
      if (row) found.push(row);
    }
  };
  const of = <K extends Row["kind"]>(kind: K): RowOfKind<K>[] =>
    found.filter((row): row is RowOfKind<K> => row.kind === kind);
  const aside = async <E extends EventsContract>(events: E, known: Partial<IdOf<E>>): Promise<IdOf<E>[]> => {
    const ids: IdOf<E>[] = [];
    for await (const { id, seq, parked: stands } of parked.of(events, known)) {
      // What stood aside has changed what is rendered, as has what was decided about it.
      version = Math.max(version, seq);
      if (stands) ids.push(id);
    }
    return ids;
  };
  const [accountAside, ownCatalogs, ownImports] = await Promise.all([
    aside(accountEvents, { account }),
    aside(catalogEvents, { owner: account }),
    aside(shareEvents, { recipient: account }),
    read(),
  ]);
  const [self] = of("account");
  if (!self) return undefined;
  const doubtful = accountAside.length > 0;
  const revoked = Map.groupBy(of("revoked"), ({ catalog }) => catalog);
  // What is retired lets nobody in, and needs no revocation; what voids its grants comes back with its name.
  const offered = of("export").filter(
    ({ catalog, retired }) => !retired && !doubtful && !ownCatalogs.some((id) => id.catalog === catalog),
  );
  return {
    version,
    state: {
      account,
      name: self.handle,
      status: self.status,
      limits: {
        conn: self.limits?.conn ?? usual.conn,
        subs: self.limits?.subs ?? usual.subs,
        payload: self.limits?.payload ?? usual.payload,
      },
      administrator,
      exports: offered.map(({ catalog, voidUntil, public: isPublic }) => ({
        catalog,
        public: isPublic,
        revocations: {
          ...(voidUntil !== undefined && { "*": voidUntil }),
          ...Object.fromEntries(
            (revoked.get(catalog) ?? []).flatMap(({ recipient, lastGrant, until }) =>
              // Left out where no grant was ever given that this voids, and that is not void for everybody already.
              until !== undefined && Math.min(until, lastGrant) > (voidUntil ?? 0) ? [[recipient, until]] : [],
            ),
          ),
        },
      })),
      imports: of("import").filter((each) => each.accepted && !doubtful && !ownImports.some((id) => isOf(id, each))),
      userRevocations: Object.fromEntries(of("device").map(({ user, until }) => [user, until])),
    },
  };
}

/** The keys of all rows that an account JWT is rendered from. */
const everythingOf = (account: AccountKey): string[] => [
  `account.${account}`,
  `export.${account}.*`,
  `import.${account}.*.*`,
  `revoked.${account}.*.*`,
  `device.${account}.*`,
];

const isOf = (id: IdOf<typeof shareEvents>, { owner, catalog }: RowOfKind<"import">): boolean =>
  id.owner === owner && id.catalog === catalog;
