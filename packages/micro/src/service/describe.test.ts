import type { ServiceContract } from "@natster/contracts";
import { services } from "@natster/contracts/platform";
import { expect, test } from "vitest";
import { describe } from "./describe.ts";

const each = Object.entries<ServiceContract>(services);

test.for(each)("all that %s tells of itself fits into one message with room to spare", ([, service]) => {
  const told = Object.values(service.endpoints).map(describe);
  expect(JSON.stringify(told).length).toBeLessThan(128 * 1024);
});

test.for(each)("%s tells of every endpoint what to send, what comes back, and what may be refused", ([, service]) => {
  for (const [name, endpoint] of Object.entries(service.endpoints)) {
    const told = describe(endpoint);
    expect(told["summary"], name).toBe(endpoint.summary);
    expect(JSON.parse(told["schema_request"] ?? ""), name).toHaveProperty("$schema");
    expect(JSON.parse(told["schema_response"] ?? ""), name).toHaveProperty("$schema");
    expect(JSON.parse(told["errors"] ?? ""), name).toEqual(endpoint.errors);
  }
});
