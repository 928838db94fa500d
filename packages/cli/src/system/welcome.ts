/** What a system says of itself to newcomers. */
import { Welcome } from "@natster/contracts/web";
import * as z from "zod";
import { systemError } from "../explain.ts";
import { Failure } from "../failure.ts";

/** The address of a system's page, as somebody typed it: NATS's own do not say which system it is. */
export const PageTyped = z.url({
  protocol: /^https?$/,
  error: "expected the address of a system's page, such as https://files.example.org",
});

/** Asks the page of a system. Throws `Failure` where it does not answer as one. */
export async function welcomeAt(page: string, timeout: number): Promise<Welcome & { readonly page: string }> {
  const home = new URL(page);
  home.hash = "";
  home.search = "";
  if (!home.pathname.endsWith("/")) home.pathname += "/";
  const url = new URL("natster.json", home);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeout) });
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    return { ...Welcome.parse(await response.json()), page: home.href };
  } catch (error) {
    const known = systemError(error);
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Failure(`no system answers at ${home.href}`, {
      cause: known ? new Error(known.why ?? known.what) : reason,
      next: known?.what.includes("certificate") && known.next ? known.next : "look at the address again",
    });
  }
}
