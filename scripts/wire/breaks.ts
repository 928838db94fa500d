/**
 * Whether services of this commit and of the last release can run side by side, each with clients of the other: what is
 * asked of the old must be understood by the new, and what the new answers by whoever asked the old.
 */
import { isDeepStrictEqual } from "node:util";
import { narrowed } from "./narrowed.ts";
import type { Schema, Wire, WireEndpoint } from "./snapshot.ts";

type Exchange = Pick<WireEndpoint, "request" | "reply" | "errors">;

/** What breaks, each in a line; nothing where one may be replaced by the other without a failed request. */
export const breaks = (before: Wire, now: Wire): string[] => [
  ...Object.entries(before.services).flatMap(([service, endpoints]) =>
    Object.entries(endpoints).flatMap(([name, endpoint]) => {
      const there = now.services[service]?.[name];
      const faults = there ? endpointBreaks(endpoint, there) : ["is gone"];
      return faults.map((fault) => `${service}.${name} ${fault}`);
    }),
  ),
  ...Object.entries(before.told).flatMap(([name, told]) => {
    const still = now.told[name];
    const faults = still ? narrowed(still, told, { tolerant: true }) : ["is told no more"];
    return faults.map((fault) => `${name}: ${fault}`);
  }),
  ...Object.entries(before.events).flatMap(([family, types]) =>
    Object.entries(types).flatMap(([type, versions]) =>
      eventBreaks(versions, now.events[family]?.[type] ?? []).map((fault) => `${family}.${type} ${fault}`),
    ),
  ),
];

const endpointBreaks = (before: WireEndpoint, now: WireEndpoint): string[] => [
  ...(before.subject === now.subject ? [] : [`is asked at ${now.subject}`]),
  ...narrowed(before.params ?? {}, now.params ?? {}, { tolerant: false }).map((fault) => `subject: ${fault}`),
  ...(mayStill(before, now) ? [] : ["may be asked by fewer"]),
  ...exchangeBreaks(before, now),
  ...(before.sealed && now.sealed ? exchangeBreaks(before.sealed, now.sealed).map((fault) => `inside, ${fault}`) : []),
  ...(!before.sealed === !now.sealed ? [] : ["is sealed on one side only"]),
];

/** Requests are read strictly, and replies with forbearance: that is how the kit reads them. */
const exchangeBreaks = (before: Exchange, now: Exchange): string[] => [
  ...narrowed(before.request, now.request, { tolerant: false }).map((fault) => `request: ${fault}`),
  ...narrowed(now.reply, before.reply, { tolerant: true }).map((fault) => `reply: ${fault}`),
  ...Object.entries(before.errors).flatMap(([reason, code]) =>
    (now.errors[reason] ?? code) === code ? [] : [`refuses ${reason} with ${now.errors[reason]} and did with ${code}`],
  ),
];

/** Whether everybody who might ask still may. */
function mayStill(before: WireEndpoint, now: WireEndpoint): boolean {
  const open = now.access === undefined || now.access === before.access || now.access === "lobby";
  const stillOpen = before.access === "lobby" ? now.access === "lobby" : open;
  const roles = !now.roles || (before.roles?.every((role) => now.roles?.includes(role)) ?? false);
  return stillOpen && roles;
}

/** The log is never rewritten: each version that was ever recorded is read for ever, as it was. */
function eventBreaks(before: readonly Schema[], now: readonly Schema[]): string[] {
  if (now.length < before.length) return ["is not read any more"];
  return before.flatMap((schema, index) =>
    isDeepStrictEqual(schema, now[index]) ? [] : [`has changed in version ${index + 1}; a change is a new version`],
  );
}
