/** Where people meet the operator: the platform's account, and the lobby for those who have no account yet. */
import type { AccountKey, ServiceContract, UnixTime } from "@natster/contracts";
import { services } from "@natster/contracts/platform";
import { accountClaims, type AccountNats, platformImports } from "./account.ts";
import type { Claims } from "./jwt.ts";
import { defaultLobbyLimits, operatorLimits, type PersonLimits, personLimits } from "./limits.ts";
import { discovery, feedSaid, inbox, platformServed } from "@natster/contracts/borders";

/**
 * The platform's account: it offers its services and its feed to every account. nats-server allows each to import only
 * what has its own key in the place of `*`, so nobody can pretend to be somebody else.
 */
export const renderPlatform = (platform: AccountKey, issuedAt: UnixTime): Claims<AccountNats> =>
  accountClaims(platform, "NATSTER", issuedAt, {
    exports: [
      { name: "platform", subject: platformServed("*"), type: "service", account_token_position: 1 },
      { name: "feed", subject: feedSaid("*"), type: "stream", account_token_position: 2 },
      // Many services answer one question.
      { name: "services", subject: discovery, type: "service", response_type: "Stream" },
    ],
    limits: operatorLimits({ streams: false }),
    signing_keys: [platform],
  });

/** What the lobby's JWT is rendered from. */
export interface LobbyState {
  readonly account: AccountKey;
  readonly platform: AccountKey;
  /** The public half of the key that is published, with which newcomers sign a user for their own key. */
  readonly scopedKey: AccountKey;
  readonly limits?: Partial<PersonLimits> | undefined;
}

/**
 * The lobby: nobody but the holders of the published key can make users of it, and nats-server gives each of those
 * users the template's permissions, whatever its JWT says.
 */
export function renderLobby(state: LobbyState, issuedAt: UnixTime): Claims<AccountNats> {
  const { account, platform, scopedKey } = state;
  const limits = { ...defaultLobbyLimits, ...state.limits };
  return accountClaims(account, "LOBBY", issuedAt, {
    imports: platformImports({ account, administrator: false }, platform).filter(({ type }) => type === "service"),
    limits: personLimits(limits),
    signing_keys: [
      {
        kind: "user_scope",
        key: scopedKey,
        role: "newcomer",
        template: {
          pub: { allow: lobbySubjects() },
          sub: { allow: [inbox("{{subject()}}")] },
          subs: limits.subs,
          data: -1,
          payload: limits.payload,
          bearer_token: false,
          allowed_connection_types: ["STANDARD", "WEBSOCKET"],
        },
      },
    ],
  });
}

/** What newcomers may ask, by the contracts. */
export const lobbySubjects = (): string[] =>
  Object.values<ServiceContract>(services)
    .flatMap(({ endpoints }) => Object.values(endpoints))
    .filter(({ access }) => access === "lobby")
    .map(({ subject }) => subject)
    .toSorted();
