/** What can be wrong on a machine, looked at one after the other. None of it changes anything. */
import { constants } from "node:fs";
import { access, readdir, stat, statfs } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "@natster/files/make-folder";
import { compareVersions, FLOOR_VERSION } from "@natster/nats-server";
import { parseCreds, readJwt } from "@natster/trust";
import { type Context, contextFor } from "../context/context.ts";
import { contextsDirectory } from "../context/paths.ts";
import type { Globals } from "../define.ts";
import { explain } from "../explain.ts";
import { anotherDevice, type Explained, inALine } from "../explained.ts";
import { counted, duration, fingerprint, size } from "../output/words.ts";
import { leftOutOf, servedHere } from "../serving/here.ts";
import { type Connected, connectAs, whyStopped } from "../system/connect.ts";
import { enforcementOf, whyNotEnforced } from "../system/enforcement.ts";
import { whyNoNewcomers } from "../system/newcomers.ts";
import { standingOf, whyUnknown } from "../system/ops.ts";
import { placeOf } from "../system/place.ts";
import type { Finding } from "./finding.ts";

/** Looks at everything that can be looked at, as far as one thing does not need another that is wrong. */
export async function checks(globals: Globals): Promise<Finding[]> {
  const findings = [node(), await disk(), await directory()];
  const context = await contextFor(globals.context).catch((error: unknown) => failed("context", error));
  if (!("creds" in context)) return [...findings, context];
  findings.push({ check: "context", state: "well", found: `${context.name}, account ${fingerprint(context.account)}` });
  findings.push(await privacy(context), await key(context), await device(context));
  const page = await lookAtPage(context, globals.timeout);
  findings.push(...page);
  try {
    await using person = await connectAs(globals);
    const { timeout } = globals;
    findings.push(server(person), await limits(person), await platform(person), await folders(person, timeout));
    if (context.administrator)
      findings.push(await followers(person), await enforcement(person, timeout), await newcomers(context, timeout));
  } catch (error) {
    findings.push(failed("nats-server", error));
  }
  return findings;
}

const failed = (check: string, error: unknown): Finding => {
  const explained = explain(error);
  const { next } = explained;
  return {
    check,
    state: "wrong",
    found: inALine(explained),
    // Whoever reads this has just asked it.
    ...(next !== undefined && { next: next === "natster doctor" ? "ask whoever runs the system" : next }),
  };
};

const node = (): Finding => ({ check: "Node", state: "well", found: process.version });

const littleRoom = 500 * 1024 * 1024;

async function disk(): Promise<Finding> {
  const check = "disk";
  try {
    makeFolder(contextsDirectory(), 0o700);
    const { bavail, bsize } = await statfs(contextsDirectory());
    const free = bavail * bsize;
    return free < littleRoom
      ? { check, state: free === 0 ? "wrong" : "warning", found: `${size(free)} free`, next: "make room" }
      : { check, state: "well", found: `${size(free)} free` };
  } catch (error) {
    return failed(check, error);
  }
}

async function directory(): Promise<Finding> {
  const check = "settings";
  try {
    await access(contextsDirectory(), constants.R_OK | constants.W_OK | constants.X_OK);
    return { check, state: "well", found: contextsDirectory() };
  } catch (error) {
    return failed(check, error);
  }
}

/** Keys are for their owner's eyes. */
async function privacy({ directory: folder }: Context): Promise<Finding> {
  const check = "secrets";
  const open: string[] = [];
  for (const name of await readdir(folder)) {
    const { mode } = await stat(join(folder, name));
    if ((mode & 0o077) !== 0) open.push(name);
  }
  return open.length === 0
    ? { check, state: "well", found: "nobody else may read them" }
    : { check, state: "wrong", found: `others may read ${open.join(", ")}`, next: `chmod -R go= ${folder}` };
}

async function key(context: Context): Promise<Finding> {
  const check = "account key";
  return (await context.accountKey())
    ? { check, state: "well", found: "on this machine: it signs what you share" }
    : { check, state: "warning", found: "not on this machine: what you share is signed elsewhere" };
}

const soon = 7 * 86_400;

async function device(context: Context): Promise<Finding> {
  const check = "device";
  const next = (await context.accountKey()) ? "natster devices renew" : anotherDevice;
  try {
    const claims = readJwt(parseCreds(await context.creds()).jwt);
    if (claims.refused !== undefined) return { check, state: "wrong", found: `its JWT is ${claims.refused}`, next };
    const left = claims.exp === undefined ? undefined : claims.exp - Date.now() / 1_000;
    if (left === undefined) return { check, state: "well", found: `${claims.name}, without an end` };
    if (left <= 0) return { check, state: "wrong", found: `${claims.name}, whose time has run out`, next };
    const found = `${claims.name}, for ${duration(left)}`;
    return left < soon ? { check, state: "warning", found, next } : { check, state: "well", found };
  } catch (error) {
    return failed(check, error);
  }
}

const clockTolerance = 60;

/** How a page is served to other machines: where `natster up` runs it, and where its service runs by itself. */
const beyond = "natster down, and natster up --listen HOST:PORT --tls-cert FILE --tls-key FILE --public-url URL";
const beyondByHand =
  "WEB_LISTEN, WEB_PUBLIC_URL, WEB_TLS_CERT and WEB_TLS_KEY in the settings of the service web, and start it again; with containers NATSTER_PUBLIC_URL, NATSTER_HOSTS and WEB_PORT (deploy/README.md)";

/** Whether the page answers, and whether its clock is this one's. */
async function lookAtPage(context: Context, timeout: number): Promise<Finding[]> {
  const { page, system } = context;
  if (page === undefined) return [{ check: "page", state: "warning", found: "this system has none" }];
  try {
    const response = await fetch(new URL("natster.json", page), { signal: AbortSignal.timeout(timeout) });
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

function server({ connection }: Connected): Finding {
  const check = "nats-server";
  const version = connection.info?.version ?? "0.0.0";
  const found = `${version} at ${connection.getServer()}`;
  return compareVersions(version, FLOOR_VERSION) < 0
    ? { check, state: "wrong", found, next: `it has to be ${FLOOR_VERSION} or newer` }
    : { check, state: "well", found };
}

/** What nats-server allows in one message has to hold what one read returns. */
async function limits({ connection }: Connected): Promise<Finding> {
  const { maxRange } = await import("@natster/contracts/files");
  const check = "limits";
  const most = connection.info?.max_payload ?? 0;
  const found = `messages of ${size(most)}`;
  return most < 2 * maxRange
    ? { check, state: "wrong", found, next: `set max_payload of nats-server to at least ${2 * maxRange}` }
    : { check, state: "well", found };
}

/** What only whoever administers can do something about: well, unless there is a reason why not. */
async function ofSystem(check: string, found: string, whyNot: () => Promise<Explained | undefined>): Promise<Finding> {
  try {
    const why = await whyNot();
    if (!why) return { check, state: "well", found };
    return { check, state: "wrong", found: why.what, ...(why.next !== undefined && { next: why.next }) };
  } catch (error) {
    return failed(check, error);
  }
}

/** Whether all that follows the log has what it is kept in. */
const followers = (person: Connected): Promise<Finding> =>
  ofSystem("projections", "each says how far it has followed the log", async () =>
    whyUnknown(await standingOf(person)),
  );

/** Whether what administrators decide takes effect; only they may ask. */
const enforcement = (person: Connected, timeout: number): Promise<Finding> =>
  ofSystem("accounts", "nats-server enforces what was decided about them", async () =>
    whyNotEnforced(await enforcementOf(person, timeout)),
  );

const newcomers = (context: Context, timeout: number): Promise<Finding> =>
  ofSystem("newcomers", "nats-server lets them in", () => whyNoNewcomers(placeOf(context, timeout), context));

/** What this machine serves, and whether all of it. */
async function folders(person: Connected, timeout: number): Promise<Finding> {
  const check = "folders";
  const here = await servedHere(person, timeout);
  if (!here) return { check, state: "well", found: "no process serves folders of this machine" };
  const found = `${counted(here.served.length, "folder")} served from this machine`;
  const leftOut = leftOutOf(here.served, here.log);
  return leftOut === undefined
    ? { check, state: "well", found }
    : { check, state: "warning", found: `${found}, ${leftOut}` };
}

async function platform(person: Connected): Promise<Finding> {
  const check = "services";
  try {
    await person.library.whoami({});
    return { check, state: "well", found: "the platform knows this account" };
  } catch (error) {
    return failed(check, error);
  }
}
