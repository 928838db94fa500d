import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createKey } from "@natster/trust";
import { beforeEach, expect, onTestFinished, test } from "vitest";
import { prepare } from "./prepare.ts";
import { recall } from "./told.ts";

let state: string;

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), "natster-prepare-"));
  onTestFinished(() => rm(state, { recursive: true, force: true }));
});

/** Runs as it does in a container that is told this; resolves with what it says. */
async function told(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const { settings, notes } = await recall({ NATSTER_STATE: state, ...env });
  return [...notes, ...(await prepare(settings))];
}

const file = (...path: string[]) => readFile(join(state, ...path), "utf8");

test("a system whose operator's keys are gone is left as it is, and goes on where they are put back", async () => {
  const [keys, safe] = [join(state, "keys"), join(state, "safe")];
  await told({});
  const before = await file("nats", "nats.conf");
  await cp(keys, safe, { recursive: true });

  await rm(keys, { recursive: true });
  await expect(told({})).rejects.toThrow("the operator's keys are not in the volume keys");
  expect(await file("nats", "nats.conf")).toBe(before);

  await cp(safe, keys, { recursive: true });
  expect(await told({})).toEqual([]);
  expect(await file("nats", "nats.conf")).toBe(before);
});

test("what was said once holds until something else is said, and what holds and what changes is told", async () => {
  const administrator = createKey("account").public;
  expect(await told({ NATSTER_ADMINISTRATORS: administrator, NATSTER_REGISTRATION: "open" })).toEqual([]);

  expect(await told({ NATSTER_ADMINISTRATORS: "", NATSTER_REGISTRATION: "closed" })).toEqual([
    `NATSTER_ADMINISTRATORS stays ${administrator}: nothing else was said`,
    "NATSTER_REGISTRATION is closed now, and was open: services read it when they start",
  ]);
  const accounts = () => file("services", "accounts", "settings.env");
  expect(await accounts()).toContain(`NATSTER_ADMINISTRATORS=${administrator}\n`);
  expect(await accounts()).toContain("NATSTER_REGISTRATION=closed\n");

  expect(await told({ NATSTER_ADMINISTRATORS: "none", NATSTER_REGISTRATION: "closed" })).toEqual([
    `NATSTER_ADMINISTRATORS is none now, and was ${administrator}: services read it when they start`,
  ]);
  expect(await told({ NATSTER_REGISTRATION: "closed" })).toEqual([]);
  expect(await accounts()).toContain("NATSTER_ADMINISTRATORS=\n");
});

test("the log is projected in as many parts as was said last, and nats-server is to be restarted for another number", async () => {
  const parts = async () => /NATSTER_PARTITIONS=(\d+)/.exec(await file("services", "provision", "settings.env"))?.[1];
  await told({});
  expect(await parts()).toBe("1");
  expect(await told({ NATSTER_PARTITIONS: "3" })).toEqual([
    expect.stringMatching(/nats.conf is another: restart nats$/),
  ]);
  expect(await told({})).toEqual([]);
  expect(await parts()).toBe("3");
});

test("a system keeps its nats-servers: others are refused before anything is written", async () => {
  await told({});
  const before = await file("services", "accounts", "settings.env");
  const three = { NATSTER_SERVERS: "nats-1,nats-2,nats-3", NATSTER_REGISTRATION: "open" };
  await expect(told(three)).rejects.toThrow("this system is on nats, and NATSTER_SERVERS says nats-1, nats-2, nats-3");
  expect(await file("services", "accounts", "settings.env")).toBe(before);
  await expect(file("nats", "nats-1.conf")).rejects.toThrow("ENOENT");
  expect(await told({})).toEqual([]);
});

test("a nats-server without a disk, two of them, and a page without TLS are refused by name", async () => {
  for (const name of ["nats", "nats-1"]) await mkdir(join(state, "data", name), { recursive: true });
  await expect(told({ NATSTER_SERVERS: "nats-9" })).rejects.toThrow("there is no nats-9 here; there are nats, nats-1");
  await expect(told({ NATSTER_SERVERS: "nats,nats-1" })).rejects.toThrow("NATSTER_SERVERS: one, or three");
  await expect(told({ NATSTER_PUBLIC_URL: "http://natster.example/" })).rejects.toThrow(
    "NATSTER_PUBLIC_URL: has to be an address that begins with https://",
  );
  await expect(file("keys", "installation.json")).rejects.toThrow("ENOENT");
});
