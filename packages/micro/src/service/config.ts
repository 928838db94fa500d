/** Configuration from the environment, checked once at the start. */
import * as z from "zod";

/** A setting is missing or wrong; the message names each variable, or the file, and what is wrong with it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads and checks the variables that a schema names. */
export function readConfig<S extends z.ZodObject>(schema: S, env: NodeJS.ProcessEnv = process.env): z.infer<S> {
  // An empty variable is how shells and compose files say "not set".
  const given = Object.fromEntries(Object.keys(schema.shape).flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const config = schema.safeParse(given);
  if (config.success) return config.data;
  const lines = config.error.issues.map(({ path, message }) => {
    const name = String(path[0]);
    return given[name] === undefined ? `${name} is not set` : `${name}: ${message}`;
  });
  throw new ConfigError(`cannot start: ${lines.join("; ")}`);
}
