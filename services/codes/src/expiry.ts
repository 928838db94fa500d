/** What runs out of what this service decides about: codes. */
import { codeEvents } from "@natster/contracts/codes";
import { dueCodes } from "@natster/contracts/platform";
import type { EventLog } from "@natster/micro/event-log";
import type { RunningOut } from "@natster/micro/run-out";
import { code, type CodeState, expireCode, isOver } from "./code.ts";

/** A code that nobody has claimed, or whose claim nobody has answered. */
export const codesRunOut = (log: Pick<EventLog, "newest">): RunningOut<typeof codeEvents, CodeState> => ({
  timers: dueCodes,
  aggregate: code,
  begins: ({ type }) => type === "issued",
  at: (state) => (isOver(state) ? undefined : state.expires),
  end: expireCode,
  async owner(id) {
    const [issued] = await log.newest(codeEvents, id, ["issued"]);
    return issued?.type === "issued" ? issued.data.issuer : undefined;
  },
});
