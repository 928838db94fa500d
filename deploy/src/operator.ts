/** What sets a system of containers up: `prepare` makes keys and configuration, `provision` streams and buckets. */
import { ConfigError, connect, createLog, readConfig, sayWhyItEnds } from "@natster/micro";
import { NoStorageError, provision } from "@natster/micro/provision";
import { prepare } from "./prepare.ts";
import { provisionSettings } from "./settings.ts";
import { recall } from "./told.ts";

const commands: Readonly<Record<string, () => Promise<void>>> = {
  async prepare() {
    const { settings, notes } = await recall(process.env);
    for (const note of [...notes, ...(await prepare(settings))]) process.stderr.write(`prepare: ${note}\n`);
  },
  async provision() {
    const {
      NATS_URL,
      NATS_CREDS,
      NATSTER_REPLICAS: replicas,
      NATSTER_PARTITIONS: partitions,
    } = readConfig(provisionSettings);
    const connection = await connect({
      servers: NATS_URL,
      creds: { file: NATS_CREDS },
      name: "provision",
      log: createLog("provision", "info"),
    });
    try {
      await provision(connection, { replicas, partitions });
    } finally {
      await connection.close();
    }
  },
};

const [name = ""] = process.argv.slice(2);
const command = commands[name];
try {
  if (!command)
    throw new ConfigError(
      `there is no ${name || "command without a name"}; there are: ${Object.keys(commands).join(" ")}`,
    );
  await command();
} catch (error) {
  sayWhyItEnds("operator", error, [NoStorageError]);
}
