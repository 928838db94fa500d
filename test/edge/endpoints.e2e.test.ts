/** The edge of the composed system: every endpoint of every contract, asked rightly and wrongly by everybody. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { askedSubject, Bytes, CatalogName, type Endpoint, kitErrors, type ServiceContract } from "@natster/contracts";
import { asShared } from "@natster/contracts/borders";
import { files } from "@natster/contracts/files";
import { platformServices, services } from "@natster/contracts/platform";
import { serveCatalog, type ServedCatalog } from "@natster/file-server";
import { createLog } from "@natster/micro";
import { accept, connectDevice, createDevice, register, share, visitLobby } from "@natster/person";
import { startSystem, type TestPerson, type TestSystem } from "@natster/testing";
import { createKey } from "@natster/trust";
import {
  headers,
  InvalidArgumentError,
  type NatsConnection,
  PermissionViolationError,
  RequestError,
} from "@nats-io/nats-core";
import { Svcm } from "@nats-io/services";
import { destination } from "pino";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { wellShaped, type Wrong, wrong } from "./shapes.ts";

const photos = CatalogName.parse("photos");
const stranger = createKey("account").public;

let system: TestSystem;
let alice: TestPerson;
let bob: TestPerson;
let newcomer: NatsConnection;
let served: ServedCatalog;
/** Every instance that answers on the platform. */
let instances: string[];

beforeAll(async () => {
  system = await startSystem();
  [alice, bob] = await Promise.all([system.person("alice"), system.person("bob")]);
  newcomer = await enterLobby();
  const root = join(system.directory, "photos");
  await mkdir(root);
  await writeFile(join(root, "tree.txt"), "a tree");
  const log = createLog("file-server", "debug", destination({ dest: join(system.directory, "files.log"), sync: true }));
  const creds = createDevice(alice.key, { name: "file-server", role: "server" });
  const server = await connectDevice(system.platform.place, creds, "file-server");
  const { connection, device } = server;
  served = await serveCatalog({ connection, device, catalog: photos, root, log });
  await alice.catalog.create({ catalog: photos });
  await share(alice, alice.key, { catalog: photos, recipient: bob.account });
  await accept(bob, { owner: alice.account, catalog: photos });
  instances = await instancesOf(system);
});
afterAll(async () => {
  await newcomer?.close();
  await served?.stop();
  await system?.[Symbol.asyncDispose]();
});

/** A connection from the lobby that stays. */
const enterLobby = () =>
  new Promise<NatsConnection>((resolve, reject) => {
    visitLobby(system.platform.place, async (connection) => {
      resolve(connection);
      await connection.closed();
    }).catch(reject);
  });

async function instancesOf({ administrator }: TestSystem): Promise<string[]> {
  const found = await Array.fromAsync(
    await new Svcm(administrator.connection).client({ strategy: "timer", maxWait: 500 }).ping(),
  );
  return found.map(({ name, id }) => `${name} ${id}`).toSorted();
}

/** What somebody was told: an answer, or that nats-server itself let nothing through. */
type Told =
  | { readonly by: "nats-server" }
  | { readonly by: "service"; readonly code: number; readonly text: string; readonly data: Uint8Array };

async function ask(connection: NatsConnection, subject: string, payload: Uint8Array, again = 3): Promise<Told> {
  try {
    const message = await connection.request(subject, payload, { timeout: 8_000, headers: headers() });
    const code = Number(message.headers?.get("Nats-Service-Error-Code") || 0);
    return { by: "service", code, text: message.headers?.get("Nats-Service-Error") ?? "", data: message.data };
  } catch (error) {
    // For an instant, while nats-server takes in a new JWT of the asking account, its imports are gone.
    if (again > 0 && error instanceof RequestError && error.isNoResponders()) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      return await ask(connection, subject, payload, again - 1);
    }
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    if (cause instanceof PermissionViolationError || cause instanceof InvalidArgumentError)
      return { by: "nats-server" };
    throw error;
  }
}

/**
 * What an answer comes to: `answered` where it fits the contract, the reason where it is a refusal that the contract or
 * the kit declares, with a numeric code and one line in the headers; and otherwise what is `broken`.
 */
function verdict(endpoint: Endpoint, told: Told): string {
  if (told.by === "nats-server") return told.by;
  const { code, text, data } = told;
  const isBytes = endpoint.reply === Bytes;
  const body: unknown = code === 0 && isBytes ? data : JSON.parse(new TextDecoder().decode(data));
  if (code === 0) {
    const reply = endpoint.reply.safeParse(body);
    return reply.success ? "answered" : `broken: a reply against the contract: ${reply.error.message}`;
  }
  const { reason, message } = body as { reason: string; message: string };
  const declared: Record<string, number> = { ...kitErrors, ...endpoint.errors };
  if (reason === "internal" || declared[reason] !== code) return `broken: undeclared ${reason} ${code}: ${message}`;
  return message !== "" && /^[^\p{Cc}]+$/u.test(text) ? reason : `broken: no line of text: ${JSON.stringify(text)}`;
}

/** As many runs as the environment says, or the usual number. */
const runs = (usual: number): { numRuns: number } => ({ numRuns: fc.readConfigureGlobal().numRuns ?? usual });

const everyEndpoint = (contract: ServiceContract) => Object.entries<Endpoint>(contract.endpoints);
const platform = platformServices.flatMap((service) =>
  everyEndpoint(services[service]).map(([name, endpoint]) => [`${service}.${name}`, endpoint] as const),
);

describe("an endpoint of the platform", () => {
  type Who = "person" | "administrator" | "newcomer";
  const connectionOf = (who: Who) =>
    ({ person: alice.connection, administrator: system.administrator.connection, newcomer })[who];

  /** For what each of them is refused, before anything that they send is read. */
  function barred(endpoint: Endpoint, who: Who): string | undefined {
    if (who === "newcomer" && endpoint.access !== "lobby") return "not_registered";
    if (who === "person" && endpoint.access === "administrator") return "not_administrator";
    return undefined;
  }

  test.for(platform)("%s refuses what is wrong, by a declared reason, whoever asks", async ([, endpoint]) => {
    const asking = fc.tuple(fc.constantFrom<Who>("person", "administrator", "newcomer"), wrong(endpoint, [stranger]));
    await fc.assert(
      fc.asyncProperty(asking, async ([who, { kind, payload }]) => {
        // nats-server ends the connection of a newcomer who sends so much; that is a test of its own.
        fc.pre(!(who === "newcomer" && kind === "too large"));
        const came = verdict(endpoint, await ask(connectionOf(who), endpoint.subject, payload));
        const bar = barred(endpoint, who);
        const due = bar ? [bar, "nats-server"] : [kind === "too large" ? "request_too_large" : "invalid_request"];
        expect(due).toContain(came);
      }),
      runs(40),
    );
  });

  test.for(platform)("%s answers what is well-shaped, by its contract", async ([name, endpoint]) => {
    // What they do to accounts they do to people who came for that.
    const [caller, other] = await Promise.all([system.person(), system.person()]);
    const requests = fc.array(wellShaped(endpoint, [stranger, other.account]), { minLength: 1, maxLength: 6 });
    const answered = async ({ connection }: TestPerson, value: unknown) => {
      const told = await ask(connection, endpoint.subject, new TextEncoder().encode(JSON.stringify(value)));
      expect(verdict(endpoint, told)).not.toMatch(/^broken/);
    };
    await fc.assert(
      fc.asyncProperty(requests, async (values) => {
        // Whoever closes an account can ask nothing after that.
        if (name === "accounts.close") await answered(await system.person(), values[0]);
        else
          await Promise.all(
            values.flatMap((value) => [answered(caller, value), answered(system.administrator, value)]),
          );
      }),
      { ...runs(3), interruptAfterTimeLimit: 10_000 },
    );
  });
});

describe("an endpoint of a file-server", () => {
  const endpoints = everyEndpoint(files);
  const open = endpoints.filter(([, endpoint]) => !endpoint.sealed);
  const sealed = endpoints.filter(([, endpoint]) => endpoint.sealed);
  type Place = Readonly<Record<string, string>>;
  const here = (): Place => ({ catalog: photos, instance: served.instance });
  const asOwner = (endpoint: Endpoint, place: Place) => askedSubject(endpoint, place);
  const asReader = (endpoint: Endpoint, place: Place) => asShared(alice.account)(asOwner(endpoint, place));

  test.for(open)("%s refuses what is wrong, by a declared reason, to owner and reader", async ([, endpoint]) => {
    const asking = fc.tuple(fc.constantFrom("owner", "reader"), wrong(endpoint, [stranger]));
    await fc.assert(
      fc.asyncProperty(asking, async ([who, { kind, payload }]: [string, Wrong]) => {
        const told =
          who === "owner"
            ? await ask(alice.connection, asOwner(endpoint, here()), payload)
            : await ask(bob.connection, asReader(endpoint, here()), payload);
        expect(verdict(endpoint, told)).toBe(kind === "too large" ? "request_too_large" : "invalid_request");
      }),
      runs(40),
    );
  });

  test.for(open)("%s answers what is well-shaped, by its contract", async ([, endpoint]) => {
    await fc.assert(
      fc.asyncProperty(wellShaped(endpoint, [stranger]), async (value) => {
        const payload = new TextEncoder().encode(JSON.stringify(value));
        const told = await ask(bob.connection, asReader(endpoint, here()), payload);
        expect(verdict(endpoint, told)).not.toMatch(/^broken|^nats-server/);
      }),
      runs(20),
    );
  });

  test.for(sealed)(
    "%s says nothing to what is not sealed under a session, to owner and reader",
    async ([, endpoint]) => {
      const asking = fc.tuple(fc.constantFrom("owner", "reader"), fc.uint8Array({ maxLength: 300 }), fc.boolean());
      await fc.assert(
        fc.asyncProperty(asking, async ([who, bytes, large]) => {
          const payload = large ? new Uint8Array(65 * 1024) : bytes;
          const told =
            who === "owner"
              ? await ask(alice.connection, asOwner(endpoint, here()), payload)
              : await ask(bob.connection, asReader(endpoint, here()), payload);
          expect(verdict(endpoint, told)).toBe(large ? "request_too_large" : "session_unknown");
        }),
        runs(20),
      );
    },
  );

  test.for(endpoints)("%s is reached by nobody with whom the catalog is not shared", async ([, endpoint]) => {
    const nobody = await system.person();
    const asked = ask(nobody.connection, asReader(endpoint, here()), new TextEncoder().encode("{}"));
    await expect(asked).rejects.toThrow(/no responders/);
  });
});

test("a newcomer who sends more than the lobby lets through is put out, and nobody else is", async () => {
  const visiting = visitLobby(system.platform.place, async (connection) => {
    const { subject } = services.accounts.endpoints.register;
    await connection.request(subject, new Uint8Array(70 * 1024), { timeout: 500 });
  });
  await expect(visiting).rejects.toThrow(Error);
  expect(await alice.library.whoami({})).toMatchObject({ account: alice.account });
  const key = createKey("account");
  await register(system.platform.place, { account: key });
  const found = vi.waitFor(() => alice.library.person({ account: key.public }), 20_000);
  await expect(found).resolves.toMatchObject({ account: key.public });
});

test("after all of this the same instances answer, none has a fault, and nothing was worth a warning or said twice", async () => {
  expect(await instancesOf(system)).toEqual(instances);
  const client = new Svcm(system.administrator.connection).client({ strategy: "timer", maxWait: 500 });
  const stats = await Array.fromAsync(await client.stats());
  const faults = stats.flatMap(({ name, endpoints = [] }) =>
    endpoints.filter(({ data }) => (data as { faults: number }).faults > 0).map((each) => `${name}.${each.name}`),
  );
  expect(faults).toEqual([]);
  expect(
    stats.reduce((sum, { endpoints = [] }) => sum + endpoints.reduce((all, each) => all + each.num_requests, 0), 0),
  ).toBeGreaterThan(500);

  for (const file of [system.platform.logFile, join(system.directory, "files.log")]) {
    const lines = (await readFile(file, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.filter(({ level }) => Number(level) >= 40)).toEqual([]);
    const said = lines.map((line) => JSON.stringify({ ...line, time: 0 }));
    expect(said.filter((line, index) => said.indexOf(line) !== index)).toEqual([]);
  }
});
