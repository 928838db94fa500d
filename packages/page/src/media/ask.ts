/** What a service worker and the page that holds the session say to one another, about one range. */
import type { Medium } from "./media-url.ts";
import type { Range } from "./range.ts";

/** The service worker asks, and gives a port on which the bytes come. */
export interface MediaQuestion {
  readonly kind: "media";
  readonly medium: Medium;
  readonly range: Range;
}

/** On the port: the worker takes the next bytes, or has enough. */
export type MediaPull = "next" | "enough";

/** On the port: the page gives bytes, says that there are no more, or that it cannot. */
export type MediaPush = Uint8Array<ArrayBuffer> | "end" | { readonly failed: string };
