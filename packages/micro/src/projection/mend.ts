/**
 * Mending: what administrators decided about events that stand aside. The decisions come to a projection by the log, in
 * the order of everything else, so that each side follows them where they stand, whoever writes it at that moment.
 */
import { isOfPart, type Part } from "@natster/contracts";
import { projectionEvents } from "@natster/contracts/ops";
import { readEvent, type Stored } from "../events/event.ts";
import type { Applied } from "./fold.ts";
import type { Parking, Place } from "./parking.ts";

/** A side, as far as it can be mended. */
export interface Mendable {
  /** Which part of the log it reads. */
  readonly part: Part;
  readonly parking: Parking;
  /** Takes events in, and resolves with those that are in the rows. */
  readonly fold: (batch: readonly Stored[]) => Promise<readonly Applied[]>;
  /** Reads an event of the log. */
  readonly read: (seq: number) => Promise<Stored>;
  /** Told now and then that it goes on, however long it takes. */
  readonly working: () => void;
  /** Told that the rows hold what they should not. */
  readonly spoiled: (reason: string) => Promise<void>;
}

/** How many events are tried together. */
const together = 256;

/** Whether an event is a decision about a projection. */
export const isDecision = ({ subject }: Pick<Stored, "subject">): boolean =>
  subject.startsWith(`${projectionEvents.subject}.`);

/** What came of a decision: the events that are in the rows now, and those that it was about. */
export interface Mended {
  readonly applied: readonly Applied[];
  readonly freed: readonly Place[];
}

/** Follows a decision. To follow it again changes nothing. */
export async function mend(decision: Stored, side: Mendable): Promise<Mended> {
  const { event } = readEvent(projectionEvents, decision);
  const { parking } = side;
  const of = event.data.sequence === undefined ? undefined : await side.read(event.data.sequence);
  // Another part follows it.
  if (of && !isOfPart(of.subject, side.part)) return { applied: [], freed: [] };
  const places = await parking.standing(of, decision.seq);
  if (event.type === "skipped" && of && !(await mayLeaveOut(of, places, side))) return { applied: [], freed: [] };
  parking.free(places);
  const applied: Applied[] = [];
  for (let from = 0; from < places.length; from += together) {
    side.working();
    const stored = await Promise.all(places.slice(from, from + together).map(({ seq }) => side.read(seq)));
    applied.push(...(await side.fold(stored)));
  }
  await parking.save();
  await parking.settle(places, decision.seq);
  return { applied, freed: places };
}

/** Whether an event that was skipped still has to be left out here. */
async function mayLeaveOut(skipped: Place, places: readonly Place[], side: Mendable): Promise<boolean> {
  if (places.some(({ seq }) => seq === skipped.seq)) {
    side.parking.leaveOut(skipped);
    return true;
  }
  // Taken in before anybody had decided otherwise, as by a side that newer code fills: only filling it anew takes it out.
  if (!side.parking.hasLeftOut(skipped.seq)) await side.spoiled(`${skipped.seq} is in the rows and was skipped`);
  return false;
}
