import { AccountKey } from "@natster/contracts";
import { accountEvents } from "@natster/contracts/accounts";
import { happened } from "@natster/micro/given";
import { createKey } from "@natster/trust";
import { expect, test } from "vitest";
import { enforce } from "./enforce.ts";
import { openResolver, PushRefusedError } from "./resolver.ts";

const [alice, bob] = [AccountKey.parse(createKey("account").public), AccountKey.parse(createKey("account").public)];

test("what fails for one account, whatever it is, is tried again later, and the others are told at once", async () => {
  const told: AccountKey[] = [];
  const later: AccountKey[] = [];
  const registered = [alice, bob].map((account, at) =>
    happened(accountEvents, { account }, { type: "registered", data: {} })(at + 1),
  );

  await enforce(registered, [], {
    now: async (account) => {
      if (account === alice) throw new TypeError("a row of it cannot be read");
      told.push(account);
    },
    soon: (account) => void later.push(account),
  });

  expect({ told, later }).toEqual({ told: [bob], later: [alice] });
});

test("an account JWT that is longer than a message may be is refused before it is sent", async () => {
  const asked: unknown[] = [];
  const request = async (_subject: string, jwt: unknown) => {
    asked.push(jwt);
    return { json: () => ({ data: { code: 200 } }) } as never;
  };
  const resolver = openResolver({ info: { max_payload: 8 } as never, request });

  await resolver.push("12345678");
  await expect(resolver.push("123456789")).rejects.toThrow(PushRefusedError);

  expect(asked).toEqual(["12345678"]);
});
