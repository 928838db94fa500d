import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { expect, test } from "vitest";
import { createAuthority, faultsOf, issue } from "./certificates.ts";

async function visit(ca: string, servername: string, cert: string, key: string): Promise<string> {
  const server = createServer({ cert, key }, (socket) => socket.end("hello")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const client: TLSSocket = connect({ port, host: "127.0.0.1", ca, servername });
  try {
    await once(client, "secureConnect");
    return "admitted";
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : "unknown";
  } finally {
    client.destroy();
    server.close();
  }
}

test("who trusts the authority is let in under each of its names, and under no other", async () => {
  const authority = await createAuthority("ours");
  const { cert, key } = await issue(authority, ["nats", "natster.example"], "server");
  expect(await visit(authority.cert, "nats", cert, key)).toBe("admitted");
  expect(await visit(authority.cert, "natster.example", cert, key)).toBe("admitted");
  expect(await visit(authority.cert, "elsewhere.example", cert, key)).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
});

test("who trusts another authority of the same name is not", async () => {
  const [ours, theirs] = await Promise.all([createAuthority("same"), createAuthority("same")]);
  const { cert, key } = await issue(ours, ["nats"], "server");
  expect(await visit(theirs.cert, "nats", cert, key)).toMatch(/SIGNATURE|VERIFY|SELF_SIGNED/);
});

test("a name that a certificate lacks is told, and its end when less than a third is left", async () => {
  const authority = await createAuthority("ours");
  const { cert } = await issue(authority, ["nats", "127.0.0.1"], "server");
  const in300Days = new Date(Date.now() + 300 * 24 * 60 * 60 * 1_000);
  expect(faultsOf(cert, ["nats", "127.0.0.1"])).toEqual([]);
  expect(faultsOf(cert, ["nats", "elsewhere.example"])).toEqual(["is not for elsewhere.example"]);
  expect(faultsOf(cert, ["nats"], in300Days)).toEqual([
    expect.stringMatching(/^is valid until \d{4}-\d\d-\d\d alone$/),
  ]);
});
