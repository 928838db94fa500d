import { expect, test } from "vitest";
import * as z from "zod";
import { figuresOf, Server } from "./servers.ts";

const secured = (until: string) => ({ tls_cert_not_after: until });
const streams = (taken: number) => ({ config: { max_storage: 1_000, max_memory: 1 }, stats: { storage: taken } });
const told = (...servers: object[]) => figuresOf(z.array(Server).parse(servers.map((data) => ({ data }))));

test("the first certificate that ends is told of, whichever server has it and whatever it is for", () => {
  const [first, second, third] = ["2027-01-01T00:00:00Z", "2027-02-01T00:00:00Z", "2027-03-01T00:00:00+01:00"] as const;
  const ends = Date.parse(first) / 1_000;
  const jetstream = streams(0);
  expect(told({ ...secured(first), cluster: {}, websocket: {}, jetstream })).toMatchObject({ certificateEnds: ends });
  expect(
    told({ ...secured(second), jetstream }, { ...secured(third), cluster: secured(first), jetstream }),
  ).toMatchObject({ certificateEnds: ends });
  expect(told({ cluster: {}, websocket: secured(first), jetstream })).toMatchObject({ certificateEnds: ends });
  expect(told({ jetstream })).not.toHaveProperty("certificateEnds");
});

test("the fullest server is told of, and how many keep no streams", () => {
  const servers = [streams(300), streams(810), {}].map((jetstream) => ({ jetstream }));
  expect(told(...servers)).toEqual({ storageFill: 0.81, withoutStreams: 1 });
  expect(told({ jetstream: {} })).toEqual({ withoutStreams: 1 });
});
