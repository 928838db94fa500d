/**
 * The address of a file's content inside this page. Everything that is needed to answer stands in it, so that a service
 * worker that was stopped and started again knows as much as before.
 */
import type { AccountKey, CatalogName, Digest } from "@natster/contracts";
import type { Address } from "../engine/api.ts";

/** A file's content, wherever it is. */
export interface Content {
  readonly address: Address;
  readonly digest: Digest;
  readonly size: number;
}

/** A file's content, and how it is served. */
export interface Medium extends Content {
  /** As it is served: only kinds that a page may show as they are. */
  readonly type: string;
}

const folder = "media/";

/** The address of a medium, below that of the page. The name is for people only. */
export function mediaUrl(base: string, { address, digest, size, type }: Medium, name: string): string {
  const told = [address.owner ?? "", address.catalog, digest, String(size), type].map(encodeURIComponent).join("/");
  return new URL(`${folder}${told}/${encodeURIComponent(name)}`, base).href;
}

/** Reads such an address; undefined where it is another. */
export function readMediaUrl(url: string, base: string): Medium | undefined {
  const start = new URL(folder, base).href;
  if (!url.startsWith(start)) return undefined;
  const [owner = "", catalog = "", digest = "", size = "", type = ""] = url
    .slice(start.length)
    .split("/")
    .map(decodeURIComponent);
  if (!catalog || !digest || !/^\d+$/.test(size)) return undefined;
  return {
    address: { catalog: catalog as CatalogName, ...(owner && { owner: owner as AccountKey }) },
    digest: digest as Digest,
    size: Number(size),
    type,
  };
}
