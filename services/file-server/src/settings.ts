/** What a serving process reads from its environment. */
import { CatalogName } from "@natster/contracts";
import { cacheFolder } from "@natster/files/index";
import * as z from "zod";
import { stateFolder } from "./kept.ts";

/** The owner's own device serves: it knows nothing of the platform's lobby and administrators. */
export const settings = z.object({
  NATS_URL: z.string().transform((urls) => urls.split(",")),
  /** Path of the serving device's creds file. */
  NATS_CREDS: z.string(),
  NATSTER_CATALOG: CatalogName,
  /** The folder that is served. */
  NATSTER_ROOT: z.string(),
  /** The folder where what the index found is kept for the next start. */
  NATSTER_CACHE: z.string().default(() => cacheFolder()),
  /** The folder where it keeps what was taken back, and from whom. */
  NATSTER_STATE: z.string().default(() => stateFolder()),
  LOG_LEVEL: z.enum(["trace", "debug", "info", "warn", "error", "fatal", "silent"]).default("info"),
});
