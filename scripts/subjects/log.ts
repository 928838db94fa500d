/** The event log and what is made from it: events, durables and buckets. */
import {
  type BucketContract,
  bucketSubject,
  type EventsContract,
  type ServiceContract,
  timersFilter,
} from "@natster/contracts";
import {
  type DurableContract,
  events as families,
  eventStream,
  filtersOf,
  projectionSides,
  reactions,
  services,
  timers as timersOf,
  timerStream,
  volatileBuckets,
} from "@natster/contracts/platform";
import { names, nameOf, commentOn } from "./contracts.ts";
import { block, code, sentence, table } from "./markdown.ts";
import { shape, spell } from "./shape.ts";

export const events = (): string =>
  [
    "## Events",
    [
      `Everything that happened is in the stream ${code(eventStream)}, as CloudEvents 1.0 in structured JSON; below is what`,
      "stands in `data`. An aggregate is all events under one id; a decision is appended only where nothing has been recorded",
      "under that id since it was loaded.",
    ].join("\n"),
    ...families.map(family),
  ].join("\n\n");

function family(contract: EventsContract): string {
  const id = Object.keys(contract.id.shape).map((name) => `<${name}>`);
  const owners = Object.values<ServiceContract>(services).filter(({ owns = [] }) =>
    owns.some((each) => `${each}.`.startsWith(`${contract.subject}.`)),
  );
  return [
    `### ${code([contract.subject, ...id, "<type>"].join("."))}`,
    `${sentence(commentOn(nameOf(contract)))} Appended by ${owners.map(({ name }) => code(name)).join(" and ")}.`,
    block(
      Object.entries(contract.types).map(([type, data]) => {
        const past = contract.history?.[type]?.length ?? 0;
        return `${type}: ${shape(data, names)}${past > 0 ? ` // version ${past + 1}` : ""}`;
      }),
    ),
  ].join("\n\n");
}

/** What runs out by itself. */
export const timers = (): string =>
  [
    "## Timers",
    [
      `What runs out is a schedule in the stream ${code(timerStream)}: set under one subject, and stored under the other when it is`,
      "due. An aggregate has one timer; setting it again moves it.",
    ].join("\n"),
    table(
      ["About", "Set at", "Due at", "By"],
      timersOf.map(({ of, service }) => [
        code(`${of.subject}.>`),
        code(timersFilter(of, "set")),
        code(timersFilter(of, "due")),
        code(service),
      ]),
    ),
  ].join("\n\n");

/** Read models, what services keep beside them, and the durables by which events reach a service. */
export const buckets = (): string =>
  [
    "## Buckets",
    [
      "Rows, each with the sequence of the last event that it has seen. One service writes each bucket, and nothing in it is",
      "the only copy of anything, unless it ends by itself.",
    ].join("\n"),
    ...projectionSides.map(({ bucket, durable }) =>
      bucketOf(bucket, `Written by ${code(durable.service)}, from ${filtersOf(durable).map(code).join(", ")}.`),
    ),
    ...volatileBuckets.map(({ bucket, service }) =>
      bucketOf(bucket, `Written by ${code(service)}; its entries end by themselves.`),
    ),
    "## Durables",
    "Named pull consumers with explicit acknowledgement. Those of projections have their bucket's name; the others make a service act.",
    table(
      ["Durable", "Of stream", "Read by", "What it delivers"],
      [
        ...[...projectionSides.map(({ durable }) => durable as DurableContract), ...reactions].map((durable) => [
          code(durable.name),
          code(eventStream),
          code(durable.service),
          filtersOf(durable).map(code).join(", "),
        ]),
        ...timersOf.map(({ name, service, of }) => [
          code(name),
          code(timerStream),
          code(service),
          code(timersFilter(of, "due")),
        ]),
      ],
    ),
  ].join("\n\n");

const bucketOf = (bucket: BucketContract, from: string): string =>
  [
    `### ${bucket.name}`,
    [sentence(bucket.summary), from, keysOf(bucket)].join("\n"),
    block([spell(bucket.row, names)]),
  ].join("\n\n");

/** How a bucket's keys are made up stands in the comment above it. */
function keysOf(bucket: BucketContract): string {
  const layouts = commentOn(nameOf(bucket)).match(/`[^`]+`/g) ?? [];
  const stored = `Stored as ${code(bucketSubject(bucket.name, "<key>"))}`;
  return layouts.length > 0 ? `${stored}, with keys ${layouts.join(", ")}.` : `${stored}.`;
}
