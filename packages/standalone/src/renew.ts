/** An installation of an older version, issued anew as the contracts of this one have it. */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { readIfThere } from "@natster/files/if-there";
import {
  type CredsName,
  issueOperator,
  type Key,
  keyFromSeed,
  operatorAccountNames,
  type OperatorKeys,
  parseCreds,
  readJwt,
} from "@natster/trust";

/** The directory was written by a Natster whose accounts were others; its log cannot be read by this one. */
export class DirectoryTooOldError extends Error {
  override readonly name = "DirectoryTooOldError";
}

/** What is compared and replaced. */
interface Issued {
  readonly preload: Readonly<Record<string, string>>;
  readonly lobby: { readonly seed: string };
  /** In how many parts the log is projected, and was before. */
  readonly partitions?: readonly number[] | undefined;
}

/**
 * The accounts and creds of an installation as this version issues them; undefined where they are so already, or where
 * the seeds that it needs are kept elsewhere. Throws `DirectoryTooOldError` where accounts are missing.
 */
export async function renewedBy(
  directory: string,
  { preload, lobby, partitions = [] }: Issued,
): Promise<Pick<ReturnType<typeof issueOperator>, "preload" | "creds"> | undefined> {
  const seeds = await Promise.all(
    operatorAccountNames.map(async (name) => [name, await read(directory, "offline", `${name}.seed`)] as const),
  );
  const missing = seeds.filter(([, seed]) => seed === undefined);
  // Taken to a safe place, all of them: then somebody looks after this installation by hand.
  if (missing.length === seeds.length) return undefined;
  if (missing.length > 0) {
    throw new DirectoryTooOldError(`${directory} was written by a Natster whose log this one cannot read`);
  }
  const signing = await read(directory, "operator", "signing.seed");
  if (signing === undefined) return undefined;
  const of = (name: string) => keyFromSeed(new Map<string, string | undefined>(seeds).get(name) ?? "", "account");
  const keys: OperatorKeys = {
    signing: keyFromSeed(signing, "operator"),
    scoped: keyFromSeed(lobby.seed, "account"),
    accounts: {
      system: of("system"),
      platform: of("platform"),
      lobby: of("lobby"),
      streams: of("streams"),
      accounts: of("accounts"),
      codes: of("codes"),
      catalog: of("catalog"),
      projector: of("projector"),
    },
  };
  const before = await credsThere(directory);
  const issued = issueOperator(keys, {
    issuedAt: Math.floor(Date.now() / 1_000),
    partitions,
    keyOf: (of) => before.get(of)?.key,
  });
  const sameAccounts = Object.entries(issued.preload).every(([key, jwt]) => saysTheSame(jwt, preload[key]));
  const sameUsers = Object.entries(issued.creds).every(([of, creds]) =>
    saysTheSame(parseCreds(creds).jwt, before.get(of)?.jwt),
  );
  return sameAccounts && sameUsers ? undefined : issued;
}

async function credsThere(directory: string): Promise<ReadonlyMap<string, { jwt: string; key: Key<"user"> }>> {
  const names: readonly CredsName[] = [
    "accounts",
    "codes",
    "catalog",
    "projector",
    "web",
    "accounts-streams",
    "codes-streams",
    "catalog-streams",
    "projector-streams",
    "bootstrap",
  ];
  const found = await Promise.all(
    names.map(async (name) => [name, await read(directory, "creds", `${name}.creds`)] as const),
  );
  return new Map(found.flatMap(([name, text]) => (text === undefined ? [] : [[name, parseCreds(text)] as const])));
}

/** Whether two JWTs say the same, whenever they were issued. */
function saysTheSame(one: string, other: string | undefined): boolean {
  if (other === undefined) return false;
  const [a, b] = [readJwt(one), readJwt(other)];
  return a.refused === undefined && b.refused === undefined && isDeepStrictEqual(a.nats, b.nats);
}

const read = (...path: readonly string[]): Promise<string | undefined> => readIfThere(join(...path));
