/** The codes service, which ends without a word when it is about to publish where `KILLED_AT` says. */
import { run } from "@natster/micro";
import { program } from "./program.ts";

const place = process.env["KILLED_AT"] ?? "";

await run({
  ...program,
  implement: (surroundings) =>
    program.implement({
      ...surroundings,
      connection: new Proxy(surroundings.connection, {
        get(connection, name) {
          const value: unknown = Reflect.get(connection, name, connection);
          if (typeof value !== "function") return value;
          return (...args: unknown[]) => {
            if (typeof args[0] === "string" && args[0].startsWith(place)) process.kill(process.pid, "SIGKILL");
            return Reflect.apply(value, connection, args) as unknown;
          };
        },
      }),
    }),
});
