import type { Words } from "../i18n/en.ts";
import type { ServiceView } from "./overview.ts";

/** What changed from one look to the next, in words, for those who do not see it happen. */
export function newsBetween(
  before: readonly ServiceView[],
  after: readonly ServiceView[],
  t: Words["services"]["news"],
): string[] {
  if (before.length === 0) return [];
  const known = new Map(before.map((service) => [service.name, service]));
  return after.flatMap((service) => {
    const was = known.get(service.name);
    if (!was) return [t.appeared(service.name)];
    if (was.answering > 0 && service.answering === 0) return [t.stopped(service.name)];
    if (was.answering === 0 && service.answering > 0) return [t.again(service.name)];
    return [];
  });
}
