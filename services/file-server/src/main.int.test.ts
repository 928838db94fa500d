import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { files } from "@natster/contracts/files";
import { openCatalog, SessionLink } from "@natster/files";
import { client, NobodyAnswersError } from "@natster/micro";
import { expect, test } from "vitest";
import { photos, startNats } from "./nats.fixture.ts";
import { startProcess } from "./process.fixture.ts";

test("a wrong setting is one line that names it, and exit code 2", async () => {
  await using missing = startProcess({ NATS_URL: "nats://127.0.0.1:1", NATSTER_CATALOG: "Not A Name" });

  expect(await missing.ended).toBe(2);
  expect(missing.said()).toMatch(/^file-server: cannot start: [^\n]*\n$/);
  for (const name of ["NATS_CREDS", "NATSTER_CATALOG", "NATSTER_ROOT"]) expect(missing.said()).toContain(name);
});

test("it serves until SIGTERM, answers what it was asked before, and ends with 0", async () => {
  await using nats = await startNats();
  const root = await nats.newFolder();
  await writeFile(join(root, "a.txt"), "hello");
  const variables = { NATS_URL: nats.url, NATS_CREDS: await nats.credsFile("owner"), NATSTER_CATALOG: photos };
  await using serving = startProcess({ ...variables, NATSTER_ROOT: root });
  await serving.ready;
  const connection = await nats.connect("owner");
  const reading = { catalog: photos, owner: nats.owner, device: nats.own };
  const catalog = await openCatalog(connection, reading);
  const [entry] = await Array.fromAsync(catalog.entries());
  expect(entry).toMatchObject({ path: "a.txt", size: 5 });

  const timeout = 10_000;
  const link = await SessionLink.open(client(files, connection), reading, { timeout });
  const range = { digest: entry!.digest, offset: 0, length: 5 };
  const asked = Array.from({ length: 200 }, () => link.ask("read", range, { timeout }));
  // Sealing may take a turn or two before the requests are on their way.
  await link.ask("list", {}, { timeout });
  await connection.flush();
  serving.child.kill("SIGTERM");

  expect(await serving.ended).toBe(0);
  expect((await Promise.all(asked)).every((bytes) => Buffer.from(bytes).toString() === "hello")).toBe(true);
  await expect(openCatalog(connection, reading)).rejects.toThrow(NobodyAnswersError);

  await using nowhere = startProcess({ ...variables, NATSTER_ROOT: join(root, "missing") });
  expect(await nowhere.ended).toBe(2);
  expect(nowhere.said()).toContain("missing is not a folder");
});

test("SIGTERM ends it while it still waits for nats-server", async () => {
  const folder = await mkdtemp(join(tmpdir(), "natster-main-"));
  await using _gone = { [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
  await using nats = await startNats();
  const variables = { NATS_CREDS: await nats.credsFile("owner"), NATSTER_CATALOG: photos, NATSTER_ROOT: folder };
  await using waiting = startProcess({ NATS_URL: "nats://127.0.0.1:1", ...variables });
  await expect.poll(() => waiting.said()).toContain("waiting for nats-server");
  waiting.child.kill("SIGTERM");

  expect(await waiting.ended).toBe("SIGTERM");
});
