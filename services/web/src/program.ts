/** Web as a program: what it reads from its environment, and what it opens. */
import { AccountKey } from "@natster/contracts";
import { web } from "@natster/contracts/web";
import { defineProgram } from "@natster/micro";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { addressOf, listen } from "./listen.ts";
import { openPage } from "./page.ts";
import { HostPort, PublicUrl, WebsocketUrls } from "./settings.ts";
import { readTls } from "./tls.ts";
import { welcome } from "./welcome.ts";

export const program = defineProgram({
  contract: web,
  config: z.object({
    /** Where to listen, as host:port; port 0 takes a free one. */
    WEB_LISTEN: HostPort.prefault("127.0.0.1:0"),
    /** The page's address as people have it, where something stands in front of this service. */
    WEB_PUBLIC_URL: PublicUrl.optional(),
    /** Paths of the page's certificate and key in PEM; without them it is plain http. */
    WEB_TLS_CERT: z.string().optional(),
    WEB_TLS_KEY: z.string().optional(),
    /** The folder of the built page. */
    WEB_ROOT: z.string().default(fileURLToPath(new URL("../../../packages/page/dist", import.meta.url))),
    /** nats-server's WebSocket listener; those of each server of a cluster, separated by commas. */
    NATS_WEBSOCKET_URL: WebsocketUrls,
    /** NATS addresses for clients elsewhere, separated by commas; those of this service where nothing is said. */
    NATS_PUBLIC_URLS: z
      .string()
      .transform((urls) => urls.split(","))
      .optional(),
    /** Key of the platform's account. */
    NATSTER_PLATFORM: AccountKey,
    /** The lobby's published signing seed: each newcomer signs a user with it. */
    NATSTER_LOBBY_SEED: z.string().regex(/^SA[A-Z2-7]{56}$/, "not the seed of an account's key"),
  }),
  async implement({ config, log, closing }) {
    const page = openPage(config.WEB_ROOT, new Map([["/natster.json", welcome(config)]]));
    const tls = await readTls(config.WEB_TLS_CERT, config.WEB_TLS_KEY);
    const { WEB_LISTEN: where, WEB_PUBLIC_URL: publicUrl, NATS_WEBSOCKET_URL: nats } = config;
    const listening = await listen({ ...where, page, nats, log, publicUrl, tls });
    closing.use(listening);
    const url = publicUrl ?? addressOf(listening);
    log.info({ url }, page.isBuilt() ? "the page is there" : "the page is not built; build it with: pnpm build");
    return {
      handlers: { where: () => ({ url }) },
      checks: () => ({ page: page.isBuilt() ? "built" : "not built", websockets: String(listening.websockets()) }),
      figures: () => ({ certificateEnds: tls?.ends }),
    };
  },
});
