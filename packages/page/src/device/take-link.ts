import { type Link, readLink } from "./link.ts";

/** Reads the link with which the page was opened, and takes it out of the address: it is kept in memory only. */
export function takeLink(): Link {
  const link = readLink(location.hash, Date.now());
  if (link.state !== "none") history.replaceState(null, "", `${location.pathname}${location.search}`);
  return link;
}
