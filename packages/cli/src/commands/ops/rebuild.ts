import { setTimeout as sleep } from "node:timers/promises";
import { access } from "@natster/contracts/accounts";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import type { Explained } from "../../explained.ts";
import { Failure } from "../../failure.ts";
import { connectAs } from "../../system/connect.ts";
import { enforcementOf, waitingPushes, whyNotEnforced } from "../../system/enforcement.ts";
import { whyNoNewcomers } from "../../system/newcomers.ts";
import { askKeeper, cannotBeAsked } from "../../system/ops.ts";
import { placeOf } from "../../system/place.ts";

/** For how long it may be unknown whether it is still being built, in milliseconds. */
const patience = 10_000;

const failureOf = (why: Explained): Failure => new Failure(why.what, why);

export default defineCommand({
  about: "Build a projection anew from the log, while it is read; the new rows are read when all of them are there.",
  arguments: [["<projection>", "as natster ops status lists it"]],
  examples: [["natster ops rebuild shares", "and waits until it is done; for administrators"]],
  deed: true,
  input: z.object({ projection: z.string().min(1) }),
  output: z.strictObject({ projection: z.string(), seconds: z.number() }),
  async run({ input: { projection }, globals, signal, say }) {
    await using person = await connectAs(globals);
    const began = performance.now();
    const of = await askKeeper(person, async (keeper) => {
      await keeper.rebuild({ projection });
      return keeper;
    });
    let known = began;
    const isBuilding = async () => {
      const { projections } = await of.status({});
      const { rebuilt, fault } = projections.find((each) => each.projection === projection) ?? {};
      if (fault === undefined) known = performance.now();
      else if (performance.now() - known > patience) throw failureOf(cannotBeAsked(projection, fault));
      return rebuilt !== undefined || fault !== undefined;
    };
    while (await isBuilding()) await sleep(200, undefined, { signal });
    // What follows from other rows of this one is only so when nats-server has been told.
    const isPushing = async () => {
      const waiting = await waitingPushes(person, globals.timeout);
      if (waiting !== undefined) known = performance.now();
      else if (performance.now() - known > patience)
        throw failureOf(cannotBeAsked(projection, "accounts does not answer"));
      return waiting !== 0;
    };
    while (projection === access.name && (await isPushing())) {
      const why = whyNotEnforced(await enforcementOf(person, globals.timeout));
      if (why) throw failureOf(why);
      await sleep(200, undefined, { signal });
    }
    // The lobby's account is in no log, and comes back from nats-server's configuration alone.
    if (projection === access.name) {
      const why = await whyNoNewcomers(placeOf(person.context, globals.timeout), person.context);
      if (why) throw failureOf(why);
    }
    say({ projection, seconds: Math.round(performance.now() - began) / 1_000 });
  },
  show({ projection, seconds }, ui) {
    ui.out(`${projection} is built anew, in ${seconds.toFixed(1)} s`);
  },
});
