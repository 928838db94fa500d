/**
 * Looks at a running system as a NATS user would, with the official CLI, and compares what it shows with the contracts:
 * `node scripts/check-services.ts NATS-CLI CONTEXT-FILE`. The context is that of an administrator who serves a catalog.
 */
import { execFileSync } from "node:child_process";
import { resolve } from "node:path";
import { type Endpoint, type ServiceContract, servedSubject } from "@natster/contracts";
import { services } from "@natster/contracts/platform";
import * as z from "zod";
import { none, sayLast, sum } from "./count.ts";

const [cli, context] = process.argv.slice(2).map((path) => resolve(path));
if (!cli || !context) throw new Error("usage: node scripts/check-services.ts NATS-CLI CONTEXT-FILE");

const Info = z.object({
  name: z.string(),
  id: z.string(),
  version: z.string(),
  description: z.string(),
  endpoints: z.array(
    z.object({
      name: z.string(),
      subject: z.string(),
      queue_group: z.string().default(""),
      metadata: z.record(z.string(), z.string()).nullish(),
    }),
  ),
});
type Info = z.infer<typeof Info>;

/** Runs the CLI with this context alone, whatever else is selected on this machine. */
function nats<S extends z.ZodType>(answer: S, ...args: string[]): z.infer<S> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("NATS_")));
  const text = execFileSync(cli as string, ["--context", context as string, ...args, "--json"], {
    encoding: "utf8",
    env,
  });
  return answer.parse(JSON.parse(text));
}

/** What is wrong with a service, in words; nothing where all is well. */
function faultsOf(contract: ServiceContract, listed: readonly Info[]): string[] {
  if (!listed.some(({ name }) => name === contract.name)) return ["nats micro ls does not show it"];
  const { info } = nats(z.object({ info: Info }), "micro", "info", contract.name);
  return [
    ...(info.version === contract.version ? [] : [`its version is ${info.version}, not ${contract.version}`]),
    ...(info.description === contract.description ? [] : ["its description is not the contract's"]),
    ...Object.entries(contract.endpoints).flatMap(([name, endpoint]) =>
      endpointFaults(contract, name, endpoint, info).map((fault) => `${name}: ${fault}`),
    ),
  ];
}

function endpointFaults(contract: ServiceContract, name: string, endpoint: Endpoint, info: Info): string[] {
  const there = info.endpoints.find((each) => each.name === name);
  if (!there) return ["there is no such endpoint"];
  const { metadata, subject, queue_group: queue } = there;
  // Where the subject names the instance, there is nobody to take turns with.
  const queues = endpoint.subject.includes("{instance}") ? ["", contract.name] : [contract.name];
  return [
    ...(fits(subject, servedSubject(contract, endpoint)) ? [] : [`it is served at ${subject}`]),
    ...(queues.includes(queue) ? [] : [`its queue group is "${queue}"`]),
    ...(metadata?.["summary"] === endpoint.summary ? [] : ["its summary is not the contract's"]),
    ...["schema_request", "schema_response"].filter((key) => !isSchema(metadata?.[key])).map((key) => `no ${key}`),
  ];
}

/** Whether a subject is one of those that a wildcard stands for. */
function fits(subject: string, pattern: string): boolean {
  const [tokens, expected] = [subject.split("."), pattern.split(".")];
  return (
    tokens.length === expected.length && expected.every((token, index) => token === "*" || token === tokens[index])
  );
}

/** Whether a text is a JSON Schema that says something. */
function isSchema(text: string | undefined): boolean {
  try {
    const schema = JSON.parse(text ?? "null") as Record<string, unknown> | null;
    return schema !== null && ["type", "anyOf", "oneOf", "allOf", "$ref"].some((word) => word in schema);
  } catch {
    return false;
  }
}

/** The CLI lists whoever answers within a moment. On a busy machine that may be some of them: it is asked a few times. */
function list(): Info[] {
  const expected = Object.values<ServiceContract>(services).map(({ name }) => name);
  let listed: Info[] = [];
  for (let times = 0; times < 10; times += 1) {
    listed = nats(z.array(Info), "micro", "ls");
    if (expected.every((name) => listed.some((each) => each.name === name))) break;
  }
  return listed;
}

const listed = list();
let count = none;
for (const contract of Object.values<ServiceContract>(services)) {
  const faults = faultsOf(contract, listed);
  const endpoints = Object.keys(contract.endpoints).length;
  console.log(
    faults.length === 0
      ? `✓ ${contract.name} ${contract.version}: ${endpoints} endpoint${endpoints === 1 ? "" : "s"} with schemas`
      : `✗ ${contract.name}: ${faults.join("; ")}`,
  );
  count = sum(count, faults.length === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 });
}
if (count.failed > 0) process.exitCode = 1;
sayLast(count);
