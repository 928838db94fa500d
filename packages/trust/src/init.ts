/** How an installation begins: every key, account and user that the operator needs, made in memory. */
import { type PlatformService, type StreamsService, streamsServices } from "@natster/contracts/platform";
import type { AccountKey, UnixTime, UserKey } from "@natster/contracts";
import { renderService, renderStreams, renderSystem } from "./backstage.ts";
import { formatCreds } from "./creds.ts";
import { encodeJwt } from "./jwt.ts";
import { createKey, type Key } from "./key.ts";
import type { Lobby } from "./newcomer.ts";
import { operatorJwt } from "./operator.ts";
import { bootstrapPermissions, type Permissions, servicePermissions, streamsPermissions } from "./permissions.ts";
import { renderLobby, renderPlatform } from "./platform.ts";
import { userJwt } from "./user.ts";

/** A new installation. Everything here but JWTs and account keys is secret. */
export interface NewOperator {
  /** What nats-server is configured with. */
  readonly operatorJwt: string;
  readonly systemAccount: AccountKey;
  readonly preload: Readonly<Record<AccountKey, string>>;
  /** What everybody may know: the platform's account, and how newcomers knock. */
  readonly platform: AccountKey;
  readonly lobby: Lobby;
  /** The seed that signs account JWTs; the service `accounts` needs it, and nobody else. */
  readonly signingKey: string;
  readonly creds: Readonly<Record<CredsName, string>>;
  /**
   * Seeds that no running process needs: of the operator, of the second signing key that its JWT names for the day on
   * which the first has to go, and of every account. Lost, they cannot be replaced; stolen, they are the installation.
   */
  readonly offline: Readonly<Record<"operator" | "reserve" | OperatorAccount, string>>;
}

/**
 * Creds: for each service those with which it answers in the platform's account; for each that reaches the streams those
 * of its own account; and those that make streams.
 */
export type CredsName = PlatformService | `${StreamsService}-streams` | "bootstrap";

/** The operator's own accounts. */
type OperatorAccount = "system" | "platform" | "lobby" | "streams" | StreamsService;

const operatorAccounts = ["system", "platform", "lobby", "streams", ...streamsServices] as const;

/** The keys by which an operator's accounts and users are issued. */
export interface OperatorKeys {
  /** The operator's signing key that is in use. */
  readonly signing: Key<"operator">;
  /** The lobby's scoped signing key, which is published. */
  readonly scoped: Key<"account">;
  readonly accounts: Readonly<Record<OperatorAccount, Key<"account">>>;
}

/** The names of the accounts whose seeds are needed to issue everything anew. */
export const operatorAccountNames: readonly OperatorAccount[] = operatorAccounts;

/** What an operator is made with. */
export interface OperatorRequest {
  readonly name?: string;
  readonly issuedAt: UnixTime;
  /** In how many parts the log is projected, and was before: who projects it may reach a durable for each. */
  readonly partitions?: readonly number[];
}

/** Makes an operator, its accounts and its users. Nothing is written anywhere. */
export function createOperator({ name = "natster", issuedAt, partitions = [] }: OperatorRequest): NewOperator {
  const operator = createKey("operator");
  const [signing, reserve] = [createKey("operator"), createKey("operator")];
  const account = () => createKey("account");
  const accounts = {
    system: account(),
    platform: account(),
    lobby: account(),
    streams: account(),
    accounts: account(),
    codes: account(),
    catalog: account(),
    projector: account(),
  };
  const scoped = account();
  const { system, platform, lobby } = accounts;
  return {
    operatorJwt: operatorJwt(
      { name, signingKeys: [signing.public, reserve.public], systemAccount: system.public },
      operator,
      issuedAt,
    ),
    systemAccount: system.public,
    platform: platform.public,
    lobby: { account: lobby.public, seed: scoped.seed() },
    signingKey: signing.seed(),
    ...issueOperator({ signing, scoped, accounts }, { issuedAt, partitions }),
    offline: {
      operator: operator.seed(),
      reserve: reserve.seed(),
      system: system.seed(),
      platform: platform.seed(),
      lobby: lobby.seed(),
      streams: accounts.streams.seed(),
      accounts: accounts.accounts.seed(),
      codes: accounts.codes.seed(),
      catalog: accounts.catalog.seed(),
      projector: accounts.projector.seed(),
    },
  };
}

/**
 * Issues the operator's accounts and users as the contracts of this version have them. `keyOf` says which key a user has
 * already; one that has none gets one.
 */
export function issueOperator(
  { signing, scoped, accounts }: OperatorKeys,
  {
    issuedAt,
    partitions = [],
    keyOf = () => undefined,
  }: Omit<OperatorRequest, "name"> & { keyOf?: (of: CredsName) => Key<"user"> | undefined },
): Pick<NewOperator, "preload" | "creds"> {
  const { system, platform, lobby, streams } = accounts;
  const claims = [
    renderSystem(system.public, issuedAt),
    renderStreams(streams.public, issuedAt),
    renderPlatform(platform.public, issuedAt),
    renderLobby({ account: lobby.public, platform: platform.public, scopedKey: scoped.public }, issuedAt),
    ...streamsServices.map((service) =>
      renderService(
        service,
        { account: accounts[service].public, streams: streams.public, system: system.public, partitions },
        issuedAt,
      ),
    ),
  ];
  const user = (
    as: CredsName,
    of: Key<"account">,
    userName: string,
    permissions: (user: UserKey) => Permissions,
  ): string => {
    const key = keyOf(as) ?? createKey("user");
    const request = { user: key.public, name: userName, permissions: permissions(key.public), issuedAt };
    return formatCreds(userJwt(of, request), key);
  };
  const service = (serviceName: PlatformService) =>
    user(serviceName, platform, serviceName, (key) => servicePermissions(serviceName, key));
  const reaching = (serviceName: StreamsService) =>
    user(`${serviceName}-streams`, accounts[serviceName], serviceName, streamsPermissions);
  return {
    preload: Object.fromEntries(claims.map((each) => [each.sub, encodeJwt(each, signing)])),
    creds: {
      accounts: service("accounts"),
      codes: service("codes"),
      catalog: service("catalog"),
      projector: service("projector"),
      web: service("web"),
      "accounts-streams": reaching("accounts"),
      "codes-streams": reaching("codes"),
      "catalog-streams": reaching("catalog"),
      "projector-streams": reaching("projector"),
      bootstrap: user("bootstrap", streams, "bootstrap", bootstrapPermissions),
    },
  };
}
