/** What a system says of itself to newcomers. */
import { Welcome } from "@natster/contracts/web";
import * as z from "zod";
import type { Authority } from "../context/authority.ts";
import { authorityAt } from "../context/context.ts";
import type { Globals } from "../define.ts";
import { explain, systemError } from "../explain.ts";
import { Failure } from "../failure.ts";
import { fetchBelieving } from "./believed.ts";

/** The address of a system's page, as somebody typed it: NATS's own do not say which system it is. */
export const PageTyped = z.url({
  protocol: /^https?$/,
  error: "expected the address of a system's page, such as https://files.example.org",
});

/** What it says, and how it was asked. */
export interface Welcomed extends Welcome {
  readonly page: string;
  readonly authority?: Authority;
}

/**
 * Asks the page of a system, believing the authority that is named, or that a context has for the same page. Throws
 * `Failure` where it does not answer as one.
 */
export async function welcomeAt(page: string, { ca, timeout }: Pick<Globals, "ca" | "timeout">): Promise<Welcomed> {
  const home = new URL(page);
  home.hash = "";
  home.search = "";
  if (!home.pathname.endsWith("/")) home.pathname += "/";
  const url = new URL("natster.json", home);
  const authority = ca ?? (await authorityAt(url.origin));
  try {
    const response = await fetchBelieving(authority, url, { signal: AbortSignal.timeout(timeout) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return { ...Welcome.parse(await response.json()), page: home.href, ...(authority && { authority }) };
  } catch (error) {
    const known = error instanceof Failure ? explain(error) : systemError(error);
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Failure(`no system answers at ${home.href}`, {
      cause: known ? new Error(known.why ?? known.what) : reason,
      next: known?.what.includes("certificate") && known.next ? known.next : "look at the address again",
    });
  }
}
