/** What each role of a device may say and hear in its account. */
import { healthSubject, type Role, type UserKey } from "@natster/contracts";
import { accounts } from "@natster/contracts/accounts";
import { codes } from "@natster/contracts/codes";
import { files } from "@natster/contracts/files";
import { grants } from "@natster/contracts/grants";
import { serving } from "@natster/contracts/serving";
import { type Permissions, replies } from "./permissions.ts";
import { discovery, feedHeard, inbox, platformAsked } from "@natster/contracts/borders";

/** What a device may do beyond its role. */
export interface RoleOptions {
  /** It may sign grants, or have them signed. */
  readonly maySign?: boolean | undefined;
  /** Its account is an administrator's. */
  readonly administrator?: boolean | undefined;
}

/** The permissions of a role, for the device that holds this key. */
export function rolePermissions(role: Role, user: UserKey, { maySign, administrator }: RoleOptions = {}): Permissions {
  switch (role) {
    case "owner":
      // Said, since a user without permissions gets the account's defaults, which are the operator's to write.
      return { pub: { allow: [">"] }, sub: { allow: [">"] } };
    case "browser":
      return {
        pub: {
          allow: [
            platformAsked,
            "shared.>",
            "files.>",
            ...(maySign ? ["grants.>"] : [grants.endpoints.renew.subject]),
            ...(administrator ? [discovery] : []),
          ],
        },
        sub: { allow: [feedHeard, inbox(user)] },
      };
    case "server":
      return {
        pub: { allow: serverAsks },
        sub: {
          allow: [
            "files.>",
            "grants.>",
            "serving.>",
            ...[files, serving, grants].map(({ name }) => healthSubject(name)),
            discovery,
            feedHeard,
            inbox(user),
          ],
        },
        resp: replies,
      };
  }
}

/** What a serving process asks of the platform. A device keeps its JWT for long, so what is planned stands here too. */
const serverAsks = [
  "natster.catalog.>",
  codes.endpoints.issue.subject,
  "natster.codes.fulfil",
  "natster.library.>",
  "natster.presence.beat",
  accounts.endpoints.applied.subject,
  "natster.accounts.device",
];
