/** What can be wrong on a machine, looked at one after the other. It changes nothing, but keeps an authority that is named. */
import { constants } from "node:fs";
import { access, statfs } from "node:fs/promises";
import { makeFolder } from "@natster/files/make-folder";
import { compareVersions, FLOOR_VERSION } from "@natster/nats-server";
import type { Context } from "../context/context.ts";
import { contextsDirectory } from "../context/paths.ts";
import type { Globals } from "../define.ts";
import type { Explained } from "../explained.ts";
import { fingerprint, size } from "../output/words.ts";
import { countServed, leftOutOf, servedHere } from "../serving/here.ts";
import { type Connected, connectAs, contextMeant } from "../system/connect.ts";
import { enforcementOf, whyNotEnforced } from "../system/enforcement.ts";
import { whyNoNewcomers } from "../system/newcomers.ts";
import { standingOf, whyUnknown } from "../system/ops.ts";
import { placeOf } from "../system/place.ts";
import { failed, type Finding } from "./finding.ts";
import { authority, device, key, privacy } from "./kept.ts";
import { lookAtPage } from "./page.ts";

/** Looks at everything that can be looked at, as far as one thing does not need another that is wrong. */
export async function checks(globals: Globals): Promise<Finding[]> {
  const findings = [node(), await disk(), await directory()];
  const context = await contextMeant(globals).catch((error: unknown) => failed("context", error));
  if (!("creds" in context)) return [...findings, context];
  findings.push({ check: "context", state: "well", found: `${context.name}, account ${fingerprint(context.account)}` });
  findings.push(await privacy(context), await key(context), await device(context), ...(await authority(context)));
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
  const found = countServed(here.served);
  const away = here.served.flatMap(({ catalog, reason }) => (reason === undefined ? [] : [`${catalog}: ${reason}`]));
  if (away.length > 0)
    return {
      check,
      state: "wrong",
      found: [found, ...away].join("; "),
      next: "bring the folder back, or natster catalog rm NAME gives the catalog up",
    };
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
