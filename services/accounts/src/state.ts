/** An account's state, gathered from the access rows: everything that its JWT says. */
import type { AccountKey, RowOf } from "@natster/contracts";
import type { access } from "@natster/contracts/accounts";
import type { RowReader } from "@natster/micro/rows";
import type { AccountState } from "@natster/trust";

type Row = RowOf<typeof access>;
type RowOfKind<K extends Row["kind"]> = Extract<Row, { kind: K }>;

/** What nats-server is to be told of an account, and the last event that had a part in it. */
export interface Gathered {
  readonly state: AccountState;
  readonly version: number;
}

/** Gathers an account's state; undefined where no such account was ever registered. */
export async function gather(
  rows: Pick<RowReader<Row>, "scan">,
  account: AccountKey,
  administrator: boolean,
): Promise<Gathered | undefined> {
  let version = 0;
  const under = async <K extends Row["kind"]>(_kind: K, filter: string): Promise<RowOfKind<K>[]> => {
    const found: RowOfKind<K>[] = [];
    for await (const { row, sequence } of rows.scan(filter)) {
      // A row that is gone still counts: what took it away is part of the account's history.
      version = Math.max(version, sequence);
      if (row) found.push(row as RowOfKind<K>);
    }
    return found;
  };
  const [registered, exports, imports, revoked, devices] = await Promise.all([
    under("account", `account.${account}`),
    under("export", `export.${account}.*`),
    under("import", `import.${account}.*.*`),
    under("revoked", `revoked.${account}.*.*`),
    under("device", `device.${account}.*`),
  ]);
  const [self] = registered;
  if (!self) return undefined;
  return {
    version,
    state: {
      account,
      name: self.handle,
      status: self.status,
      limits: self.limits,
      administrator,
      exports: exports.map(({ catalog, voidUntil, public: isPublic }) => ({
        catalog,
        public: isPublic,
        revocations: {
          ...(voidUntil !== undefined && { "*": voidUntil }),
          ...Object.fromEntries(
            revoked.flatMap((each) =>
              each.catalog === catalog && each.until !== undefined ? [[each.recipient, each.until]] : [],
            ),
          ),
        },
      })),
      imports: imports.filter(({ accepted }) => accepted),
      userRevocations: Object.fromEntries(devices.map(({ user, until }) => [user, until])),
    },
  };
}
