import { services } from "@natster/contracts/platform";
import { expect, test } from "vitest";
import { alice, now, platform } from "./fixtures.ts";
import { createKey } from "./key.ts";
import { lobbySubjects, renderLobby, renderPlatform } from "./platform.ts";

const account = createKey("account").public;
const scopedKey = createKey("account").public;

test("the platform offers services and feed so that the caller's account stands in the subject", () => {
  expect(renderPlatform(platform, now).nats.exports).toEqual([
    { name: "services", subject: "$SRV.>", type: "service", response_type: "Stream" },
    { name: "platform", subject: "*.natster.>", type: "service", account_token_position: 1 },
    { name: "feed", subject: "feed.*.>", type: "stream", account_token_position: 2 },
  ]);
});

test("newcomers may ask what the contracts open to the lobby, and nothing else", () => {
  expect(lobbySubjects()).toEqual([
    "natster.accounts.applied",
    "natster.accounts.register",
    "natster.accounts.standing",
    "natster.codes.claim",
    "natster.codes.collect",
  ]);
  expect(lobbySubjects().join()).not.toMatch(/[*>{]/);
  expect(lobbySubjects()).not.toContain(services.codes.endpoints.issue.subject);
});

test("a newcomer's user gets the template: the lobby's endpoints, its own inbox, no bearer, few and small", () => {
  const { nats } = renderLobby({ account, platform, scopedKey, limits: { subs: 4 } }, now);
  expect(nats.signing_keys).toEqual([
    {
      kind: "user_scope",
      key: scopedKey,
      role: "newcomer",
      template: {
        pub: { allow: lobbySubjects() },
        sub: { allow: ["_INBOX.{{subject()}}.>"] },
        subs: 4,
        data: -1,
        payload: 65_536,
        bearer_token: false,
        allowed_connection_types: ["STANDARD", "WEBSOCKET"],
      },
    },
  ]);
});

test("the lobby imports the platform's services as itself, and hears no feed", () => {
  expect(renderLobby({ account: alice.public, platform, scopedKey }, now).nats.imports).toEqual([
    expect.objectContaining({ subject: `${alice.public}.natster.>`, local_subject: "natster.>", share: true }),
  ]);
});
