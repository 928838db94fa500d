/** The codes service, which ends without a word when it is about to publish where `KILLED_AT` says. */
import { run } from "@natster/micro";
import type { NatsConnection } from "@nats-io/nats-core";
import { program } from "./program.ts";

const place = process.env["KILLED_AT"] ?? "";

const mortal = (connection: NatsConnection): NatsConnection =>
  new Proxy(connection, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      return (...args: unknown[]) => {
        if (typeof args[0] === "string" && args[0].startsWith(place)) process.kill(process.pid, "SIGKILL");
        return Reflect.apply(value, target, args) as unknown;
      };
    },
  });

await run({
  ...program,
  implement: (surroundings) =>
    program.implement({ ...surroundings, openStreams: async () => mortal(await surroundings.openStreams()) }),
});
