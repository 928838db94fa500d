/** What people do, and what goes wrong meanwhile, as values that a property draws. */
import { createHash } from "node:crypto";
import { CatalogName, CodeId, Handle, Label } from "@natster/contracts";
import { eventStream, projections, projectionSides, reactions } from "@natster/contracts/platform";
import { createDevice } from "@natster/person";
import type { TestPerson, TestSystem } from "@natster/testing";
import { type Key, parseCreds, signGrant } from "@natster/trust";
import { jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/nats-core";
import fc from "fast-check";
import { insist, type Outcome } from "./insist.fixture.ts";

/** The people of one run, and what they have at hand. */
export interface Scene {
  readonly system: TestSystem;
  /** A connection that may do everything, for what goes wrong. */
  readonly connection: NatsConnection;
  readonly people: readonly TestPerson[];
  /** Somebody who is suspended and resumed, and asks for nothing. */
  readonly victim: TestPerson;
  /** The keys of each person's devices. */
  readonly devices: readonly (readonly Key<"user">[])[];
  readonly handles: readonly Handle[];
  readonly codes: readonly CodeId[];
}

const who = fc.nat({ max: 3 });
const what = fc.constantFrom("photos", "music").map((name) => CatalogName.parse(name));
const to = fc.nat({ max: 4 });

/** Commands of people; those with whom others share include the victim. */
const commands = {
  create: fc.record({ who, what }),
  describe: fc.record({ who, what, text: fc.nat({ max: 9 }) }),
  retire: fc.record({ who, what }),
  share: fc.record({ who, what, to, expires: fc.option(fc.integer({ min: 1, max: 3 }), { freq: 4 }) }),
  unshare: fc.record({ who, what, to }),
  import: fc.record({ who, what, of: who }),
  decline: fc.record({ who, what, of: who }),
  drop: fc.record({ who, what, of: who }),
  rename: fc.record({ who, handle: fc.nat({ max: 2 }) }),
  device: fc.record({ who, which: fc.nat({ max: 1 }) }),
  revoke: fc.record({ who, which: fc.nat({ max: 1 }) }),
  limit: fc.record({ who, subs: fc.integer({ min: 100, max: 105 }) }),
  suspend: fc.record({}),
  resume: fc.record({}),
  issue: fc.record({ code: fc.nat({ max: 1 }), expiresIn: fc.constantFrom(1, 3_600) }),
  cancel: fc.record({ code: fc.nat({ max: 1 }) }),
};

/** What goes wrong: services die, durables deliver again, projectors hand over. */
const faults = {
  crash: fc.record({ service: fc.nat({ max: 99 }) }),
  redeliver: fc.record({ durable: fc.nat({ max: 99 }), back: fc.nat({ max: 40 }) }),
  handOver: fc.record({ durable: fc.nat({ max: 99 }) }),
  rebuild: fc.record({ projection: fc.nat({ max: 99 }) }),
};

type Drawn<A> = { [N in keyof A]: A[N] extends fc.Arbitrary<infer T> ? { readonly do: N } & T : never }[keyof A];
type CommandStep = Drawn<typeof commands>;
export type Fault = Drawn<typeof faults>;
/** A command, sent once or several times under one name. */
export type Step = { readonly command: CommandStep; readonly times: number } | { readonly fault: Fault };

const often: Readonly<Record<string, number>> = { create: 4, share: 6, import: 5, unshare: 3, rename: 2 };
const drawn = (from: Readonly<Record<string, fc.Arbitrary<object>>>): fc.Arbitrary<never> =>
  fc.oneof(
    ...Object.entries(from).map(([name, arbitrary]) => ({
      weight: often[name] ?? 1,
      arbitrary: arbitrary.map((drawn) => ({ do: name, ...drawn }) as never),
    })),
  );

/** Steps of a run, in waves: those of a wave happen at the same time. */
export const waves: fc.Arbitrary<Step[][]> = fc.array(
  fc.array(
    fc.oneof(
      { weight: 9, arbitrary: fc.record({ command: drawn(commands), times: fc.constantFrom(1, 1, 1, 2, 3) }) },
      { weight: 1, arbitrary: fc.record({ fault: drawn(faults) }) },
    ),
    { minLength: 1, maxLength: 8 },
  ),
  { minLength: 4, maxLength: 9, size: "max" },
);

/** Takes a step; resolves with what became of its command. */
export async function take(scene: Scene, step: Step): Promise<Outcome[]> {
  if ("fault" in step) {
    await goWrong(scene, step.fault);
    return [];
  }
  const asked = ask(scene, step.command);
  const first = insist(asked);
  const { id } = await first;
  // The same command again, at the same time and later.
  const again = await Promise.all(Array.from({ length: step.times - 1 }, () => insist(asked, { id })));
  return [await first, ...again];
}

type Ask = Parameters<typeof insist>[0];

function ask(scene: Scene, command: CommandStep): Ask {
  const { system, people, victim } = scene;
  const { accounts: ops, codes } = system.administrator;
  const person = (index: number): TestPerson => people[index] ?? victim;
  const device = (index: number, which: number) => given(scene.devices[index]?.[which]);
  switch (command.do) {
    case "create":
      return (options) => person(command.who).catalog.create({ catalog: command.what }, options);
    case "describe": {
      const description = Label.parse(`what ${command.text}`);
      return (options) => person(command.who).catalog.describe({ catalog: command.what, description }, options);
    }
    case "retire":
      return (options) => person(command.who).catalog.retire({ catalog: command.what }, options);
    case "share": {
      const issuedAt = Math.floor(Date.now() / 1000);
      const grant = signGrant(person(command.who).key, {
        catalog: command.what,
        recipient: person(command.to).account,
        issuedAt,
        ...(command.expires !== null && { expires: issuedAt + command.expires }),
      });
      return (options) => person(command.who).catalog.share({ catalog: command.what, grant }, options);
    }
    case "unshare": {
      const request = { catalog: command.what, recipient: person(command.to).account };
      return (options) => person(command.who).catalog.unshare(request, options);
    }
    case "import":
    case "decline":
    case "drop": {
      const request = { owner: person(command.of).account, catalog: command.what };
      return (options) => person(command.who).catalog[command.do](request, options);
    }
    case "rename": {
      const handle = given(scene.handles[command.handle]);
      return (options) => person(command.who).accounts.rename({ handle }, options);
    }
    case "device": {
      const { key } = person(command.who);
      const creds = createDevice(key, { name: "phone", role: "browser", key: device(command.who, command.which) });
      return (options) => person(command.who).accounts.device({ jwt: parseCreds(creds).jwt }, options);
    }
    case "revoke": {
      const user = device(command.who, command.which).public;
      return (options) => person(command.who).accounts.revoke({ user }, options);
    }
    case "limit": {
      const request = { account: person(command.who).account, limits: { subs: command.subs } };
      return (options) => ops.limit(request, options);
    }
    case "suspend":
    case "resume":
      return (options) => ops[command.do]({ account: victim.account }, options);
    case "issue": {
      const gate = createHash("sha256").update(given(scene.codes[command.code])).digest("base64url");
      const request = {
        id: given(scene.codes[command.code]),
        offer: { purpose: "enrol" },
        gate,
        expiresIn: command.expiresIn,
      } as const;
      return (options) => codes.issue(request, options);
    }
    case "cancel":
      return (options) => codes.cancel({ id: given(scene.codes[command.code]) }, options);
  }
}

async function goWrong({ system, connection }: Scene, fault: Fault): Promise<void> {
  const { processes, administrator } = system;
  const manager = await jetstreamManager(connection);
  const pick = <T>(from: readonly T[], at: number): T => given(from[at % from.length]);
  switch (fault.do) {
    case "crash":
      return processes.crash(pick(processes.names, fault.service), fault.service);
    case "redeliver": {
      const { name } = pick([...projectionSides.map(({ durable }) => durable), ...reactions], fault.durable);
      const { ack_floor: reached } = await manager.consumers.info(eventStream, name);
      await manager.consumers.reset(eventStream, name, Math.max(1, reached.stream_seq - fault.back));
      return undefined;
    }
    case "handOver": {
      const { durable } = pick(projectionSides, fault.durable);
      const { config } = await manager.consumers.info(eventStream, durable.name);
      await manager.consumers.unpin(eventStream, durable.name, given(config.priority_groups?.[0]));
      return undefined;
    }
    case "rebuild": {
      const { bucket, service } = pick(projections, fault.projection);
      const request = { projection: bucket.name };
      const begun =
        service === "accounts" ? administrator.accounts.rebuild(request) : administrator.library.rebuild(request);
      // Whoever does it may die, and what was rebuilt just now is not rebuilt again: it is a fault among others.
      return begun.then(
        () => undefined,
        () => undefined,
      );
    }
  }
}

function given<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("a step names what is not there");
  return value;
}
