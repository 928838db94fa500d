/** The services: what can be asked of each, by whom, and what each refuses. */
import {
  type AccountKey,
  type Endpoint,
  healthSubject,
  kitErrors,
  servedSubject,
  type ServiceContract,
} from "@natster/contracts";
import { asShared } from "@natster/contracts/borders";
import { grants } from "@natster/contracts/grants";
import { services as contracts } from "@natster/contracts/platform";
import { serving } from "@natster/contracts/serving";
import { commentOn, names } from "./contracts.ts";
import { block, code, sentence, table } from "./markdown.ts";
import { shape } from "./shape.ts";

const all: readonly ServiceContract[] = [...Object.values(contracts), serving, grants];

export const services = (): string => ["## Services", overview(), ...all.map(service)].join("\n\n");

const overview = (): string =>
  table(
    ["Service", "Version", "Runs in", "What it does"],
    all.map((each) => [`[${each.name}](#${each.name})`, each.version, whereOf(each), sentence(each.description)]),
  );

const whereOf = ({ runsIn }: ServiceContract): string =>
  runsIn === "platform" ? "the platform's account" : "a person's own account, beside the files";

function service(contract: ServiceContract): string {
  const { name, description, owns = [] } = contract;
  const endpoints = Object.entries(contract.endpoints);
  return [
    `### ${name}`,
    [
      `${sentence(description)} Runs in ${whereOf(contract)}, in the queue group ${code(name)}.`,
      ...(owns.length > 0 ? [`It appends ${owns.map((prefix) => code(`${prefix}.>`)).join(" and ")}.`] : []),
      ...(isShared(contract) ? [elsewhere] : []),
      `Says how it is at ${code(healthSubject(name, "<id>"))}, inside its own account.`,
    ].join("\n"),
    table(
      ["Endpoint", "A client says", "Handled as", "Who may call", "What it does", "Refuses with"],
      endpoints.map(([endpoint, of]) => [
        code(endpoint),
        code(of.subject),
        code(handledAs(contract, of)),
        whoMay(contract, of),
        sentence(of.summary),
        refusals(of.errors),
      ]),
    ),
    block(endpoints.flatMap(([endpoint, of]) => exchange(endpoint, of))),
  ].join("\n\n");
}

const elsewhere = `An account that has imported a catalog says ${code(asShared("<owner>" as AccountKey)("files.<catalog>.…"))} instead.`;

const handledAs = (contract: ServiceContract, endpoint: Endpoint): string =>
  contract.runsIn === "platform" ? servedSubject(contract, endpoint).replace("*", "<account>") : endpoint.subject;

const callers = {
  lobby: "everybody, newcomers through the lobby too",
  administrator: "administrators",
} as const;

/** Of what runs in a person's account, the rest of the world reaches the files of catalogs. */
const isShared = ({ name }: ServiceContract): boolean => name === "file-server";

function whoMay(contract: ServiceContract, { access, roles }: Endpoint): string {
  if (isShared(contract)) return "the owner's devices, and accounts with a grant";
  if (contract.runsIn === "person") return "the owner's devices";
  const who = access ? callers[access] : "people with an account";
  return roles ? `${who}, from devices with role ${roles.map(code).join(" or ")}` : who;
}

const refusals = (errors: Readonly<Record<string, number>>): string =>
  Object.entries(errors)
    .map(([reason, number]) => `${code(reason)} ${number}`)
    .join(", ") || "–";

function exchange(name: string, { request, reply, maxRequest }: Endpoint): string[] {
  const most = maxRequest === undefined ? "" : ` // at most ${maxRequest} bytes`;
  return [`${name}: ${shape(request, names)}${most}`, `  → ${shape(reply, names, "  ")}`];
}

/** What every endpoint refuses, whatever its contract says. */
export const kit = (): string =>
  [
    "## What every endpoint may refuse",
    [
      "A refusal has its number and a sentence in the headers `Nats-Service-Error-Code` and `Nats-Service-Error`, and",
      "`{ reason, message, issues?, errorId? }` as its body. A request is read up to 64 KiB, unless the contract says another",
      "size. The header `Nats-Msg-Id` names a command: asked again under the same name, it is done once.",
    ].join("\n"),
    table(
      ["Reason", "Code", "When"],
      Object.entries(kitErrors).map(([reason, number]) => [code(reason), String(number), commentOn(reason, "kit.ts")]),
    ),
  ].join("\n\n");
