import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { expect, test } from "vitest";
import { createCertificates } from "./certificates.ts";

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
  const { ca, cert, key } = await createCertificates(["nats", "natster.example"]);
  expect(await visit(ca, "nats", cert, key)).toBe("admitted");
  expect(await visit(ca, "natster.example", cert, key)).toBe("admitted");
  expect(await visit(ca, "elsewhere.example", cert, key)).toBe("ERR_TLS_CERT_ALTNAME_INVALID");
});

test("who trusts another authority of the same name is not", async () => {
  const [ours, theirs] = await Promise.all([createCertificates(["nats"]), createCertificates(["nats"])]);
  expect(await visit(theirs.ca, "nats", ours.cert, ours.key)).toMatch(/SIGNATURE|VERIFY|SELF_SIGNED/);
});
