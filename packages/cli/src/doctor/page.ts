/** The page of a system, looked at from here. */
import type { Context } from "../context/context.ts";
import { duration } from "../output/words.ts";
import { fetchBelieving } from "../system/believed.ts";
import { whyStopped } from "../system/connect.ts";
import { failed, type Finding } from "./finding.ts";

const clockTolerance = 60;

/** How a page is served to other machines: where `natster up` runs it, and where its service runs by itself. */
const beyond = "natster down, and natster up --listen HOST:PORT --tls-cert FILE --tls-key FILE --public-url URL";
const beyondByHand =
  "where it runs by natster up, the same there with --listen HOST:PORT --tls-cert FILE --tls-key FILE --public-url URL; where web runs by itself, WEB_LISTEN, WEB_PUBLIC_URL, WEB_TLS_CERT and WEB_TLS_KEY in the settings of the service web, and start it again; with containers NATSTER_PUBLIC_URL, NATSTER_HOSTS and WEB_PORT (deploy/README.md)";

/** Whether the page answers, and whether its clock is this one's. */
export async function lookAtPage(context: Context, timeout: number): Promise<Finding[]> {
  const { page, system, authority } = context;
  if (page === undefined) return [{ check: "page", state: "warning", found: "this system has none" }];
  try {
    const response = await fetchBelieving(authority, new URL("natster.json", page), {
      signal: AbortSignal.timeout(timeout),
    });
    const date = Date.parse(response.headers.get("date") ?? "");
    const skew = Math.round(Math.abs(Date.now() - date) / 1_000);
    const here = /^(127\.|\[::1\]|localhost)/.test(new URL(page).hostname);
    return [
      here
        ? {
            check: "page",
            state: "warning",
            found: `${page}, which opens on this machine only`,
            next: `for people elsewhere: ${system === undefined ? beyondByHand : beyond}`,
          }
        : { check: "page", state: "well", found: page },
      Number.isNaN(skew) || skew <= clockTolerance
        ? { check: "clock", state: "well", found: "as the system's" }
        : {
            check: "clock",
            state: "wrong",
            found: `${duration(skew)} off: what is signed here is refused`,
            next: "set the clock: timedatectl set-ntp true",
          },
    ];
  } catch (error) {
    return [{ next: "natster status", ...failed("page", (await whyStopped(context, error)) ?? error) }];
  }
}
