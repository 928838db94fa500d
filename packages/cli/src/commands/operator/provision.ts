import { resolve } from "node:path";
import { NoInstallationError, provisionSystem, serversOf } from "@natster/standalone";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";
import { notBy, vouching } from "../../system/believed.ts";
import { PathTyped } from "../../typed.ts";

export default defineCommand({
  about:
    "Make every stream, durable and bucket on the nats-servers of an operator, before the first service starts and after an upgrade. What is there is brought up to date, and nothing is ever removed.",
  arguments: [["<directory>", "of the operator"]],
  options: [
    ["--server <url...>", "addresses of its nats-servers, where they are other than its services are told"],
    ["--replicas <count>", "copies of every stream: 3 in a cluster (default: as many as there are, 1 to begin with)"],
  ],
  examples: [
    ["natster operator provision ./operator", "on the machine of nats-server"],
    ["natster operator provision ./operator --server tls://nats-1.example.org:4222 --replicas 3", "on a cluster"],
  ],
  deed: true,
  input: z.object({
    directory: PathTyped,
    server: z.array(z.string()).optional(),
    replicas: z.coerce.number().int().min(1).max(5).optional(),
  }),
  output: z.strictObject({ directory: z.string(), servers: z.array(z.string()), replicas: z.int().optional() }),
  async run({ input: { replicas, ...input }, globals: { ca }, say }) {
    const directory = resolve(input.directory);
    const servers = input.server ?? (await serversOf(directory));
    if (!servers)
      throw new Failure(`there is no operator in ${directory}`, { next: "natster operator init DIRECTORY" });
    try {
      await provisionSystem(directory, { servers, ca: vouching(ca) }, { ...(replicas !== undefined && { replicas }) });
    } catch (error) {
      if (!(error instanceof NoInstallationError)) throw notBy(ca, error);
      throw new Failure(error.message, { next: "natster operator init DIRECTORY" });
    }
    say({ directory, servers, replicas });
  },
  show({ servers, replicas }, ui) {
    const copies = replicas !== undefined && replicas > 1 ? `, ${replicas} copies of each` : "";
    ui.out(`streams, durables and buckets are there on ${servers.join(", ")}${copies}`);
  },
});
