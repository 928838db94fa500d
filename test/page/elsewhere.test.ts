/**
 * The page from another machine: over https and wss, with an authority that the browser there was told of, and over plain
 * http. The other machine is a network of its own, as in the journey of the command line.
 */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { X509Certificate } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createCertificates } from "../../deploy/src/certificates.ts";
import { networks } from "../journeys/networks.ts";
import { homes, Somebody } from "../journeys/person.ts";

const root = join(import.meta.dirname, "..", "..");

test("a link opens in a browser on another machine, which trusts the authority, and over plain http the page says what is needed", async () => {
  const where = homes();
  const alice = new Somebody("alice", where);
  cpSync(join(root, "sample"), join(alice.home, "Photos"), { recursive: true });
  const { ca, cert, key } = await createCertificates(["10.77.0.1"]);
  mkdirSync(join(where, "tls"));
  for (const [name, text] of Object.entries({ cert, key })) {
    writeFileSync(join(where, "tls", name), text, { mode: 0o600 });
  }
  // How Chromium is told of an authority: by whoever administers the machine.
  const trusted = { CACertificates: [new X509Certificate(ca).raw.toString("base64")] };
  writeFileSync(join(where, "tls", "policy.json"), JSON.stringify(trusted));
  writeFileSync(
    join(where, "alice.sh"),
    `natster up --background --handle alice --listen 10.77.0.1:8443 \\
       --tls-cert ../tls/cert --tls-key ../tls/key --public-url https://10.77.0.1:8443/
     natster share Photos --json > share.json
     link="$(jq -r .link.link share.json)"
     mount -t tmpfs tmpfs /etc/chromium
     elsewhere "$NODE" "$BROWSE" "$link"
     mkdir -p /etc/chromium/policies/managed
     cp ../tls/policy.json /etc/chromium/policies/managed/
     elsewhere "$NODE" "$BROWSE" "$link"
     natster down
     natster up --background --listen 10.77.0.1:8080 --public-url https://10.77.0.1:8443/
     elsewhere "$NODE" "$BROWSE" http://10.77.0.1:8080/
     natster down`,
  );
  const { code, out, err } = await alice.types(`${networks}\nset -eo pipefail\n. ../alice.sh`, {
    namespaces: true,
    env: { NODE: process.execPath, BROWSE: join(import.meta.dirname, "browse.ts") },
  });
  expect(code, `${out}\n${err}`).toBe(0);
  const seen = out
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line): unknown => JSON.parse(line));
  expect(seen).toEqual([
    { refused: "ERR_CERT_AUTHORITY_INVALID" },
    { isSecure: true, title: "photos · Natster", film: "plays", complaints: [] },
    { isSecure: false, says: expect.stringMatching(/needs a secure connection[^]*https address/), complaints: [] },
  ]);
}, 600_000);
