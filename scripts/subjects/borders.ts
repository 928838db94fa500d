/** The borders between accounts, as nats-server is told of them, and what each service may say and hear. */
import type { AccountKey, CatalogName, UserKey } from "@natster/contracts";
import { discovery } from "@natster/contracts/borders";
import { FeedNotice } from "@natster/contracts/library";
import { feedSubject, type PlatformService, platformServices } from "@natster/contracts/platform";
import {
  type AccountNats,
  renderAccount,
  renderPlatform,
  renderStreams,
  servicePermissions,
  streamsSubjects,
} from "@natster/trust";
import { commentOn, names } from "./contracts.ts";
import { block, code, sentence, table } from "./markdown.ts";
import { spell } from "./shape.ts";

// Rendering is a pure function of what it is given; here it is given words instead of keys.
const key = (word: string) => `<${word}>` as AccountKey;
const [platform, streams, account, recipient, owner] = [
  key("platform"),
  key("streams"),
  key("account"),
  key("recipient"),
  key("owner"),
];
const catalog = "<catalog>" as CatalogName;
const user = "<user>" as UserKey;

const person = renderAccount(
  {
    account,
    status: "open",
    administrator: true,
    exports: [{ catalog, revocations: { [recipient]: 0 } }],
    imports: [{ owner, catalog, grant: "<grant>" }],
    userRevocations: {},
  },
  { platform, issuedAt: 0 },
).nats;

export const borders = (): string =>
  [
    "## Feed",
    [
      `${sentence(commentOn("FeedNotice"))} The projector publishes it as`,
      `${code(feedSubject("<account>", "<kind>"))}; a person's device subscribes to ${code("feed.>")}.`,
    ].join("\n"),
    block([spell(FeedNotice, names)]),
    "## Borders",
    "What is exported and imported, from the account JWTs as they are rendered.",
    "### The platform offers",
    exportsOf(renderPlatform(platform, 0).nats),
    "### A person's account offers",
    exportsOf(person),
    "### A person's account imports",
    [
      "`services` only of administrators. nats-server writes the account's own key where the platform's export has `*`.",
      "The lobby imports `platform` in the same way, and its users may say only what is open to newcomers.",
    ].join("\n"),
    importsOf(person),
    "### The streams' account offers",
    [
      "Only services' own accounts import it, each what follows below. What begins with `streams.` is JetStream's API, of",
      "which no more than this can be said from outside.",
    ].join("\n"),
    exportsOf(renderStreams(streams, 0).nats),
    "## What each service may say and hear",
    [
      "Derived from the contracts. A service hears requests and answers them as a user of the platform's account; what it",
      "says to the streams are the imports of an account of its own.",
    ].join("\n"),
    ...platformServices.map(permissionsOf),
  ].join("\n\n");

const exportsOf = ({ exports = [] }: AccountNats): string =>
  table(
    ["Export", "Subject", "Kind", "Who may import it"],
    exports.map((each) => [
      code(each.name),
      code(each.subject),
      `${each.type}${each.type === "service" ? `, ${each.response_type ?? "Singleton"}` : ""}`,
      whoMayImport(each),
    ]),
  );

function whoMayImport(each: NonNullable<AccountNats["exports"]>[number]): string {
  if (each.token_req) return "who has a grant of the account's key";
  if (each.account_token_position) return `everybody, with the own account as token ${each.account_token_position}`;
  return each.subject === discovery ? "who is told to: administrators" : "who is told to: services";
}

const importsOf = ({ imports = [] }: AccountNats): string =>
  table(
    ["Import", "From", "Its subject", "Said as", "Kind"],
    imports.map((each) => [
      code(each.name),
      code(each.account),
      code(each.subject),
      code(each.local_subject ?? each.subject),
      `${each.type}${each.share ? ", with the user's identity" : ""}${each.token === undefined ? "" : ", with a grant"}`,
    ]),
  );

const said = (heading: string, subjects: readonly string[]): string[] =>
  subjects.length > 0 ? [heading, ...subjects.map((subject) => `  ${subject}`)] : [];

function permissionsOf(name: PlatformService): string {
  const { pub, sub } = servicePermissions(name, user);
  const lines = [
    "hears",
    ...sub.allow.map((subject) => `  ${subject}`),
    ...said("says", pub.allow),
    ...said("says to the streams", streamsSubjects(name)),
  ];
  return `<details><summary>${name}</summary>\n\n${["```text", ...lines, "```"].join("\n")}\n\n</details>`;
}
