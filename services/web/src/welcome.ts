/** What `/natster.json` says. */
import type { AccountKey } from "@natster/contracts";
import { Welcome } from "@natster/contracts/web";
import type { KitConfig } from "@natster/micro";
import manifest from "../package.json" with { type: "json" };
import { type Content, content } from "./content.ts";

export interface WelcomeConfig extends Pick<KitConfig, "NATS_URL" | "NATSTER_LOBBY"> {
  readonly NATS_PUBLIC_URLS?: string[] | undefined;
  readonly NATSTER_PLATFORM: AccountKey;
  readonly NATSTER_LOBBY_SEED: string;
}

/** All that a newcomer needs to knock, ready to be served. */
export function welcome(config: WelcomeConfig): Content {
  const said = Welcome.parse({
    version: manifest.version,
    servers: (config.NATS_PUBLIC_URLS ?? config.NATS_URL).map(withoutPassword),
    platform: config.NATSTER_PLATFORM,
    lobby: { account: config.NATSTER_LOBBY, seed: config.NATSTER_LOBBY_SEED },
  });
  return content("natster.json", Buffer.from(JSON.stringify(said)));
}

/** A service may be told how to connect with a password in its URL; the world is not. */
const withoutPassword = (url: string): string =>
  url.trim().replace(/^([\w+.-]+:\/\/)?[^/]*@/, (_, scheme = "") => scheme);
