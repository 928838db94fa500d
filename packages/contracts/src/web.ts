/** Web: where the page is. */
import * as z from "zod";
import { defineService } from "./define.ts";
import { AccountKey } from "./vocabulary.ts";

export const web = defineService({
  name: "web",
  version: "0.1.0",
  description: "Serves the page, and says where it is",
  runsIn: "platform",
  endpoints: {
    where: {
      subject: "natster.web.where",
      summary: "Say at which address the page is",
      request: z.strictObject({}),
      reply: z.strictObject({ url: z.url() }),
      errors: {},
    },
  },
});

/**
 * What `/natster.json` says: all that a newcomer needs to knock. Whoever reads it passes over what a newer system says
 * besides.
 */
export const Welcome = z.object({
  version: z.string(),
  /** NATS addresses that clients may use; the page uses `/nats` of its own origin. */
  servers: z.array(z.string()),
  platform: AccountKey,
  lobby: z.object({ account: AccountKey, seed: z.string() }),
});
export type Welcome = z.infer<typeof Welcome>;
