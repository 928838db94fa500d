import { AccountKey, encodePublicKey, encodeSeed } from "@natster/contracts";
import { web, Welcome } from "@natster/contracts/web";
import { silentLog, start } from "@natster/micro";
import { createKey, formatCreds, userJwt } from "@natster/trust";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startOpenNats } from "./nats.fixture.ts";
import { program } from "./program.ts";

const account = (byte: number) => AccountKey.parse(encodePublicKey("account", new Uint8Array(32).fill(byte)));

/** The service as a process would run it, beside an open nats-server. */
async function startWeb(more: Record<string, string> = {}) {
  await using undo = new AsyncDisposableStack();
  const nats = undo.use(await startOpenNats());
  const folder = undo.adopt(await mkdtemp(join(tmpdir(), "natster-web-")), (path) => rm(path, { recursive: true }));
  const key = createKey("user");
  const jwt = userJwt(createKey("account"), { user: key.public, name: "web", issuedAt: 1, role: "server" });
  await writeFile(join(folder, "web.creds"), formatCreds(jwt, key));
  const running = undo.use(
    await start(
      program,
      {
        NATS_URL: nats.url,
        NATS_CREDS: join(folder, "web.creds"),
        NATSTER_LOBBY: account(2),
        NATSTER_LOBBY_SEED: encodeSeed("account", new Uint8Array(32).fill(3)),
        NATSTER_PLATFORM: account(1),
        NATS_WEBSOCKET_URL: nats.websocketUrl,
        WEB_ROOT: join(folder, "not-built"),
        ...more,
      },
      silentLog(),
    ),
  );
  const ending = undo.move();
  return {
    where: async () => {
      const reply = await running.connection.request(`${account(4)}.${web.endpoints.where.subject}`, "{}");
      return web.endpoints.where.reply.parse(reply.json()).url;
    },
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}

test("it says where the page is, and there it says what a newcomer needs", async () => {
  await using service = await startWeb();
  const url = await service.where();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
  const response = await fetch(new URL("natster.json", url));
  expect(Welcome.parse(await response.json())).toMatchObject({ platform: account(1), lobby: { account: account(2) } });
});

test("without a page it runs, and says so", async () => {
  await using service = await startWeb();
  const response = await fetch(await service.where());
  expect(response.status).toBe(503);
  expect(await response.text()).toContain("pnpm build");
});

test("a public URL stands in place of its own address", async () => {
  await using service = await startWeb({ WEB_PUBLIC_URL: "https://share.example.org" });
  expect(await service.where()).toBe("https://share.example.org/");
});

test("it stops, and then listens no more", async () => {
  const service = await startWeb();
  const url = await service.where();
  await service[Symbol.asyncDispose]();
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});
