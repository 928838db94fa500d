/** Traces on the composed system: services as processes of their own, and somebody who looks on. */
import { CatalogName } from "@natster/contracts";
import { eventStream } from "@natster/contracts/platform";
import { traced, traceWhereAsked } from "@natster/micro/trace";
import { startSystem } from "@natster/testing";
import { jetstreamManager } from "@nats-io/jetstream";
import { expect, onTestFinished, test, vi } from "vitest";
import { connectFully } from "../faults/everything.fixture.ts";
import { openReceiver, type Seen } from "./traces.fixture.ts";

test("what somebody asks for is one trace: from where it is typed through the service and the log into what is read", async () => {
  await using receiver = await openReceiver();
  // Whoever is started reads it, and this process as the command line does.
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.url);
  onTestFinished(() => void vi.unstubAllEnvs());
  await using system = await startSystem({ apart: ["catalog", "projector"] });
  await using alice = await system.person("alice");
  {
    await using _traces = await traceWhereAsked("cli");
    await traced({ kind: "internal", name: "natster catalog new" }, () =>
      alice.catalog.create({ catalog: CatalogName.parse("sea") }),
    );
  }

  // Each process sends what it has when it likes.
  const ways = () => receiver.seen.map((span) => wayTo(span, receiver.seen));
  await expect
    .poll(ways, { timeout: 20_000 })
    .toContainEqual([
      "natster-cli natster catalog new",
      "natster-cli natster.catalog.create",
      "natster-catalog natster.catalog.create",
      "natster-catalog append EVENTS",
      "natster-projector project catalogs_a",
    ]);

  // What the log says of it is what CloudEvents calls it, for whoever reads it later.
  await using everything = await connectFully(system);
  const manager = await jetstreamManager(everything.connection);
  const created = await manager.streams.getMessage(eventStream, {
    last_by_subj: `events.catalog.${alice.account}.sea.created`,
  });
  const appended = receiver.seen.find(({ name, kind }) => name === "append EVENTS" && kind === 4);
  expect(created?.json()).toMatchObject({ traceparent: `00-${appended?.trace}-${appended?.span}-01` });
});

test("where nobody is told whereto, no trace is taken and nothing is said of one", async () => {
  vi.stubEnv("OTEL_EXPORTER_OTLP_ENDPOINT", "");
  onTestFinished(() => void vi.unstubAllEnvs());
  await using _traces = await traceWhereAsked("cli");
  await expect(traced({ kind: "internal", name: "nothing" }, async (from) => from)).resolves.toBeUndefined();
});

/** Which spans lead to one, from the first. */
function wayTo(span: Seen, all: readonly Seen[]): string[] {
  const before = all.find((each) => each.trace === span.trace && each.span === span.parent);
  return [...(before ? wayTo(before, all) : []), `${span.service} ${span.name}`];
}
