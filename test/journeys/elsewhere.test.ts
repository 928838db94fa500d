/**
 * A system that is reached from another machine: over TLS, with an authority that its people were given and name once. The other
 * machine is a network of its own, made in a namespace where whoever runs this is root; the cable between is real.
 */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createCertificates } from "../../deploy/src/certificates.ts";
import { networks } from "./networks.ts";
import { homes, Somebody } from "./person.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");

test("from another machine somebody redeems a link and fetches over TLS, and the page comes over https", async () => {
  const where = homes();
  const alice = new Somebody("alice", where);
  const bob = new Somebody("bob", where);
  cpSync(sample, join(alice.home, "Photos"), { recursive: true });
  const { ca, cert, key } = await createCertificates(["10.77.0.1"]);
  mkdirSync(join(where, "tls"));
  for (const [name, text] of Object.entries({ ca, cert, key }))
    writeFileSync(join(where, "tls", name), text, { mode: 0o600 });
  const page = "https://10.77.0.1:8443/";

  writeFileSync(
    join(where, "alice.sh"),
    `natster up --background --handle alice --listen 10.77.0.1:8443 \\
       --tls-cert ../tls/cert --tls-key ../tls/key --public-url ${page}
     natster doctor --ca ../tls/ca
     natster share Photos --json | tee share.json
     echo "bob, who has no authority, sees: $(elsewhere bash -c '. ../bob.sh; natster redeem "$1" 2>&1' bob "$(jq -r .link.link share.json)")"
     echo "bob, who has another, sees: $(elsewhere bash -c '. ../bob.sh; natster redeem "$1" --ca ../tls/cert 2>&1; ls .config 2>&1' bob "$(jq -r .link.link share.json)")"
     elsewhere bash -ec '. ../bob.sh; natster redeem "$1" --handle bob --ca ../tls/ca' bob "$(jq -r .link.link share.json)"
     elsewhere bash -ec '. ../bob.sh; natster ls; natster get @alice/photos; natster doctor; natster context ls; jq -c .servers .config/natster/contexts/*/context.json'
     elsewhere bash -ec '. ../bob.sh; rm .config/natster/contexts/*/ca.crt; natster ls 2>&1 || natster ls --ca ../tls/ca && natster ls'
     NODE_EXTRA_CA_CERTS=../tls/ca elsewhere "$NODE" -e 'fetch("${page}").then(({ status, headers }) =>
       console.log(status, headers.get("content-type").replace(" ", ""), headers.get("content-security-policy")))'
     natster down`,
  );
  writeFileSync(join(where, "bob.sh"), `cd ${JSON.stringify(bob.home)}; export HOME="$PWD"`);
  const { code, out, err } = await alice.types(`${networks}\nset -eo pipefail\n. ../alice.sh`, {
    namespaces: true,
    env: { NODE: process.execPath },
  });
  const told = `${out}\n${err}`;
  expect(code, told).toBe(0);

  expect(told).toContain(`sees: natster: no system answers at ${page}`);
  expect(told).toContain("the certificate of the system is not by the authority in ../tls/cert");
  expect(told).toMatch(/ls: cannot access '.config'/);
  expect(told).toContain("natster: the certificate of the system is by an authority that this machine does not know");
  expect(told).toMatch(/✓ authority: \S+\/contexts\/local\/ca\.crt, for 3,?\d+ days/);
  expect(readFileSync(join(bob.home, ".config/natster/contexts/local/ca.crt"), "utf8")).toBe(ca);
  expect(out, told).toContain('["wss://10.77.0.1:8443/nats"]');
  expect(readFileSync(join(bob.home, "photos", "Welcome.md"))).toEqual(readFileSync(join(sample, "Welcome.md")));
  // NATS comes from the page's own origin, and its policy lets it come from nowhere else.
  expect(out, told).toMatch(/^200 text\/html\S* .*connect-src 'self';/m);
}, 600_000);
