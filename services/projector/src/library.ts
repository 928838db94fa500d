/** What the queries answer from: the read models that this service keeps. */
import type { AccountKey, RowOf } from "@natster/contracts";
import * as readModels from "@natster/contracts/read-models";
import { tellOfParked } from "@natster/micro/ops";
import { type ProjectionOptions, type RunningProjection, runProjection } from "@natster/micro/projector";
import type { Projection } from "@natster/micro/projection";
import type { NatsConnection } from "@nats-io/nats-core";
import { tellOf } from "./feed.ts";

/** The read models, kept up to date. */
export type Library = {
  readonly [N in keyof typeof readModels]: RunningProjection<RowOf<(typeof readModels)[N]["into"]>>;
};

/** How read models are kept: notices of what changed go to people by the platform's account. */
interface LibraryOptions extends Pick<ProjectionOptions, "connection" | "log" | "partitions"> {
  readonly platform: NatsConnection;
}

/** Starts every read model; `closing` ends them. */
export async function openLibrary(
  { platform, ...options }: LibraryOptions,
  administrators: readonly AccountKey[],
  closing: AsyncDisposableStack,
): Promise<Library> {
  const opened = Object.entries<Projection>(readModels).map(async ([name, projection]) => {
    const afterRows: ProjectionOptions["afterRows"] = (applied) =>
      Promise.resolve(tellOf(platform, projection.into, applied));
    const whenParked = tellOfParked(platform, administrators, projection.into.name);
    return [name, closing.use(await runProjection(projection, { ...options, afterRows, whenParked }))] as const;
  });
  return Object.fromEntries(await Promise.all(opened)) as Library;
}
