/** Where in the page somebody is, as the fragment of its address says it. Pure, but for reading the address. */
import { useSyncExternalStore } from "react";

export type Route =
  | { readonly at: "library" }
  /** A folder or a file of a catalog; `owner` is `me` for one's own. A folder's path ends in `/`, or is empty. */
  | { readonly at: "catalog"; readonly owner: string; readonly catalog: string; readonly path: string }
  | { readonly at: "sharing" }
  | { readonly at: "transfers" }
  | { readonly at: "activity" }
  | { readonly at: "devices" }
  | { readonly at: "services" };

const plain = ["sharing", "transfers", "activity", "devices", "services"] as const;

/** Reads a fragment. What it does not know is the library. */
export function readRoute(fragment: string): Route {
  const [first = "", ...rest] = fragment
    .replace(/^#?\/?/, "")
    .split("/")
    .map(readable);
  const named = plain.find((name) => name === first);
  if (named) return { at: named };
  const [owner = "", catalog = "", ...path] = rest;
  if (first === "of" && owner && catalog) return { at: "catalog", owner, catalog, path: path.join("/") };
  return { at: "library" };
}

/** The link to a route. */
export const linkTo = (route: Route): string =>
  route.at === "library"
    ? "#/"
    : route.at === "catalog"
      ? `#/${["of", route.owner, route.catalog, ...route.path.split("/")].map(encodeURIComponent).join("/")}`
      : `#/${route.at}`;

/** Goes there, as a link would. */
export const goTo = (route: Route): void => {
  location.hash = linkTo(route);
};

/** The route of the address, live. */
export function useRoute(): Route {
  const fragment = useSyncExternalStore(watchFragment, () => location.hash);
  return readRoute(fragment);
}

const watchFragment = (changed: () => void) => {
  addEventListener("hashchange", changed);
  return () => removeEventListener("hashchange", changed);
};

function readable(token: string): string {
  try {
    return decodeURIComponent(token);
  } catch {
    // Typed by hand, with a lone % in it.
    return token;
  }
}
