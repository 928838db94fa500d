import { kitErrors, type ServiceContract } from "@natster/contracts";
import { services } from "@natster/contracts/platform";
import { grants } from "@natster/contracts/grants";
import { serving } from "@natster/contracts/serving";
import { expect, test } from "vitest";
import { refusals } from "./refusals.ts";

test("whatever a service refuses has words, and the next thing to type", () => {
  const contracts: readonly ServiceContract[] = [...Object.values(services), serving, grants];
  const reasons = contracts.flatMap(({ endpoints }) =>
    Object.values(endpoints).flatMap(({ errors, sealed }) => Object.keys({ ...errors, ...sealed?.errors })),
  );
  for (const reason of new Set([...Object.keys(kitErrors), ...reasons])) {
    expect(refusals[reason], reason).toMatchObject({
      what: expect.stringMatching(/\w/),
      next: expect.stringMatching(/\w/),
    });
  }
});
