/** The whole system in containers: it comes to be well, is reached over TLS alone, and does what it is for. */
import type { ChildProcess } from "node:child_process";
import { cpSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { connect as dial } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { connect as dialTls } from "node:tls";
import { platformServices } from "@natster/contracts/platform";
import { afterAll, beforeAll, expect, inject, test, vi } from "vitest";
import * as z from "zod";
import { output } from "../../deploy/src/run.ts";
import { homes, Somebody } from "../journeys/person.ts";
import { type Containers, services, startContainers } from "./system.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");

let system: Containers;

beforeAll(async () => {
  system = await startContainers({ command: inject("compose") });
}, 300_000);
afterAll(() => system?.[Symbol.asyncDispose](), 60_000);

const Confined = z.array(
  z.object({
    Config: z.object({ User: z.string() }),
    HostConfig: z.object({
      ReadonlyRootfs: z.literal(true),
      Privileged: z.literal(false),
      CapAdd: z.null(),
      CapDrop: z.tuple([z.literal("ALL")]),
      SecurityOpt: z.tuple([z.literal("no-new-privileges:true")]),
    }),
  }),
);

test("every container that goes on runs as nobody, with no rights, on a file system that it cannot write", async () => {
  const running = (await system.compose.conditions()).filter(({ is }) => !is.startsWith("ended"));
  const seen = Confined.parse(
    JSON.parse(await output("docker", ["inspect", ...running.map((each) => each.container)])),
  );
  expect(seen.map(({ Config }) => Config.User)).toEqual(seen.map(() => "65532:65532"));
  expect(running.map(({ service }) => service).toSorted()).toEqual(["nats", ...services].toSorted());
});

test("every port that faces outside speaks TLS, by the system's own authority, and nothing else", async () => {
  const published = (
    await output("docker", [
      "ps",
      "--filter",
      `label=com.docker.compose.project=${system.compose.name}`,
      "--format",
      "{{.Ports}}",
    ])
  ).matchAll(/127\.0\.0\.1:(\d+)->/g);
  const ports = [...published].map(([, port]) => Number(port));
  expect(new Set(ports)).toEqual(new Set([...system.urls, system.page].map((url) => Number(new URL(url).port))));

  const [nats = 0] = system.urls.map((url) => Number(new URL(url).port));
  // nats-server greets in clear, says that TLS is needed, and hangs up on whoever goes on without.
  const plain = dial(nats, "127.0.0.1");
  const said: string[] = [];
  plain.setEncoding("utf8").on("data", (text: string) => said.push(text));
  await once(plain, "data");
  plain.on("error", () => {}).write('CONNECT {"verbose":false}\r\nPING\r\n');
  await once(plain, "close");
  expect(said.join("")).toMatch(/"tls_required":true/);
  expect(said.join("")).not.toContain("PONG");

  const web = Number(new URL(system.page).port);
  const page = dialTls({ port: web, host: "localhost", ca: readFileSync(system.authority) });
  await once(page, "secureConnect");
  expect(page.authorized).toBe(true);
  page.destroy();
  await expect(fetch(`http://localhost:${web}/`)).rejects.toThrow("fetch failed");
});

test("somebody shares, somebody else downloads, and whoever administers lists all six services", async () => {
  const where = homes();
  const [alice, bob] = [new Somebody("alice", where), new Somebody("bob", where)];
  cpSync(sample, join(alice.home, "Photos"), { recursive: true });
  const env = { NODE_EXTRA_CA_CERTS: system.authority, SSL_CERT_FILE: system.authority };
  const done = async (who: Somebody, line: string) => {
    const { code, out, err } = await who.types(line, { env });
    expect(code, `${line}\n${out}${err}`).toBe(0);
    return out.trim();
  };

  await done(alice, `natster init ${system.page} --handle alice`);
  const account = await done(alice, "natster whoami --json | jq -r .account");
  // Who administers is a setting: whoever runs the containers says so, and the services read it when they start.
  const told = system.compose.with({ NATSTER_ADMINISTRATORS: account });
  await told.does("up", "--detach", "--no-build");
  await told.does("restart", ...services);
  await told.areWell(services);

  // It stays, and serves the folder.
  const serving = alice.runs(["share", "Photos", "--json"], env);
  const link = await linkOf(serving);
  await done(bob, `natster redeem '${link}' --handle bob && natster get @alice/photos`);
  expect(readFileSync(join(bob.home, "photos", "Welcome.md"))).toEqual(readFileSync(join(sample, "Welcome.md")));

  // It lists whoever answers within a moment, and a busy machine may take longer. Of what a serving device runs it lists one
  // at a time, which need not be its file-server: nats-server lets such a device reply once to each question.
  await vi.waitFor(async () => {
    const listed = await done(alice, 'nats --context "$(natster whoami --json | jq -r .natsContext)" micro ls');
    for (const name of [...platformServices, "file-server"]) expect(listed).toContain(name);
    console.log(listed);
  }, 60_000);
  serving.kill("SIGTERM");
  await once(serving, "exit");
}, 300_000);

/** The link that a command which shares says first. */
async function linkOf({ stdout }: ChildProcess): Promise<string> {
  if (!stdout) throw new Error("nobody hears it");
  for await (const line of createInterface(stdout))
    return z.object({ link: z.object({ link: z.string() }) }).parse(JSON.parse(line)).link.link;
  throw new Error("it ended without a link");
}
