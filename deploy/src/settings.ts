/** What sets up a system in containers reads from its environment. */
import { AccountKey } from "@natster/contracts";
import * as z from "zod";

/** Separated by commas. An empty variable is one that is not set, and so an empty list has a word of its own. */
const list = z.string().transform((text) => (text === "none" ? [] : text.split(",").filter(Boolean)));

export const prepareSettings = z.object({
  /** Where everything is written: `keys`, `nats`, and a folder for each service below `services`. */
  NATSTER_STATE: z.string().default("/state"),
  /** The nats-servers, by the names under which they find one another: one, or three for a cluster. */
  NATSTER_SERVERS: list
    .pipe(
      z.array(z.string().regex(/^[a-z0-9.-]+$/)).refine(({ length }) => length === 1 || length === 3, "one, or three"),
    )
    .prefault("nats"),
  /** Names and addresses under which people reach the system; they go into the certificate made here. */
  NATSTER_HOSTS: list.prefault("localhost,127.0.0.1"),
  /** The page's address as people have it. */
  NATSTER_PUBLIC_URL: z
    .url({ protocol: /^https$/, error: "has to be an address that begins with https://" })
    .default("https://localhost:8443/"),
  NATSTER_ADMINISTRATORS: list.pipe(z.array(AccountKey)).prefault(""),
  NATSTER_REGISTRATION: z.enum(["open", "code", "closed"]).default("code"),
  /** In how many parts the log is projected, each by one instance of the projector at a time; as before where unset. */
  NATSTER_PARTITIONS: z.coerce.number().int().min(1).max(16).optional(),
});
export type PrepareSettings = z.infer<typeof prepareSettings>;

export const provisionSettings = z.object({
  NATS_URL: list.pipe(z.array(z.string()).min(1)),
  NATS_CREDS: z.string(),
  /** Copies of every stream. */
  NATSTER_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
  /** In how many parts the log is projected. */
  NATSTER_PARTITIONS: z.coerce.number().int().min(1).max(16).default(1),
});
