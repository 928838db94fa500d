import { createKey, userJwt } from "@natster/trust";
import { expect, test } from "vitest";
import { redact } from "./log.ts";
import { recordingLog } from "../nats.fixture.ts";

const account = createKey("account");
const operator = createKey("operator");
const user = createKey("user");
const jwt = userJwt(account, { user: user.public, name: "phone", role: "owner", issuedAt: 1_800_000_000 });
const secrets = { account: account.seed(), operator: operator.seed(), user: user.seed(), jwt };

test.for(Object.entries(secrets))("the secret of kind %s is blanked wherever it stands", ([, secret]) => {
  for (const text of [secret, `in ${secret}.`, `"${secret}"`, `a\n${secret}\nb`]) {
    expect(redact(text)).not.toContain(secret);
    expect(redact(text)).toContain("[redacted]");
  }
});

test("nothing secret is logged, however deep in an error it stands", () => {
  const { log, lines } = recordingLog();
  const deepest = new Error(`cannot read ${secrets.user}`);
  const deep = Object.assign(new Error(`cannot connect with ${jwt}`, { cause: deepest }), {
    creds: { seed: secrets.account },
  });
  log.error({ err: new Error("outside", { cause: deep }), more: { again: [secrets.operator] } }, `failed: ${jwt}`);
  const line = JSON.stringify(lines[0]);
  for (const secret of Object.values(secrets)) expect(line).not.toContain(secret);
  // The signature alone would do harm too.
  expect(line).not.toContain(jwt.split(".")[2]);
  expect(lines[0]).toMatchObject({ level: 50, name: "test" });
});

test("keys that are no secret are logged as they are", () => {
  expect(redact(`${account.public} ${user.public}`)).toBe(`${account.public} ${user.public}`);
});
