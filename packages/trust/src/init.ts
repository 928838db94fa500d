/** How an installation begins: every key, account and user that the operator needs, made in memory. */
import type { PlatformService } from "@natster/contracts/platform";
import type { AccountKey, UnixTime, UserKey } from "@natster/contracts";
import { formatCreds } from "./creds.ts";
import { encodeJwt } from "./jwt.ts";
import { createKey, type Key } from "./key.ts";
import type { Lobby } from "./newcomer.ts";
import { operatorJwt } from "./operator.ts";
import { bootstrapPermissions, type Permissions, pusherPermissions, servicePermissions } from "./permissions.ts";
import { renderLobby, renderPlatform, renderSystem } from "./platform.ts";
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
  /** Creds: one for each service, and those that make streams and push account JWTs. */
  readonly creds: Readonly<Record<PlatformService | "bootstrap" | "pusher", string>>;
  /** Seeds that no running process needs. Lost, they cannot be replaced; stolen, they are the installation. */
  readonly offline: {
    readonly operator: string;
    /** The second signing key that the operator JWT names, for the day on which the first has to go. */
    readonly reserve: string;
    readonly system: string;
    readonly platform: string;
    readonly lobby: string;
  };
}

/** Makes an operator, its accounts and its users. Nothing is written anywhere. */
export function createOperator({ name = "natster", issuedAt }: { name?: string; issuedAt: UnixTime }): NewOperator {
  const operator = createKey("operator");
  const [signing, reserve] = [createKey("operator"), createKey("operator")];
  const [system, platform, lobby, scoped] = [account(), account(), account(), account()];
  const claims = [
    renderSystem(system.public, issuedAt),
    renderPlatform(platform.public, issuedAt),
    renderLobby({ account: lobby.public, platform: platform.public, scopedKey: scoped.public }, issuedAt),
  ];
  const user = (of: Key<"account">, userName: string, permissions: (user: UserKey) => Permissions): string => {
    const key = createKey("user");
    const request = { user: key.public, name: userName, permissions: permissions(key.public), issuedAt };
    return formatCreds(userJwt(of, request), key);
  };
  const service = (serviceName: PlatformService) =>
    user(platform, serviceName, (key) => servicePermissions(serviceName, key));
  return {
    operatorJwt: operatorJwt(
      { name, signingKeys: [signing.public, reserve.public], systemAccount: system.public },
      operator,
      issuedAt,
    ),
    systemAccount: system.public,
    preload: Object.fromEntries(claims.map((each) => [each.sub, encodeJwt(each, signing)])),
    platform: platform.public,
    lobby: { account: lobby.public, seed: scoped.seed() },
    signingKey: signing.seed(),
    creds: {
      accounts: service("accounts"),
      codes: service("codes"),
      catalog: service("catalog"),
      projector: service("projector"),
      web: service("web"),
      bootstrap: user(platform, "bootstrap", bootstrapPermissions),
      pusher: user(system, "pusher", pusherPermissions),
    },
    offline: {
      operator: operator.seed(),
      reserve: reserve.seed(),
      system: system.seed(),
      platform: platform.seed(),
      lobby: lobby.seed(),
    },
  };
}

const account = (): Key<"account"> => createKey("account");
