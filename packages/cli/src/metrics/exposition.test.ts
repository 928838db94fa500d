import { expect, test } from "vitest";
import { exposition, type Known } from "./exposition.ts";
import { Instance } from "./look.ts";

const known: Known = {
  instances: [
    {
      name: "accounts",
      id: "one",
      version: "0.1.0",
      endpoints: [
        {
          name: "rename",
          num_requests: 7,
          num_errors: 2,
          processing_time: 1_500_000_000,
          data: {
            refusals: { handle_taken: 1 },
            faults: 1,
            in_flight: 3,
            latency: { p50: 1, p95: 20, p99: 250 },
            figures: { refusedImports: 4, enforces: true, access: { parked: 1 } },
          },
        },
      ],
    },
  ],
  projections: [
    {
      service: "projector",
      projection: "shares",
      version: 1,
      side: "a",
      sequence: 90,
      behind: 10,
      milliseconds: 1_200,
      parked: 2,
      writes: true,
      rebuilt: 0.5,
    },
  ],
  reactions: [
    { service: "catalog", reaction: "grants", behind: 3, milliseconds: 4_500, failing: 1 },
    { service: "catalog", reaction: "due_grants", behind: 0, milliseconds: 0, failing: 0, fault: "no such stream" },
  ],
};
/** The lines with figures. */
const linesOf = async (of: Known | undefined) =>
  (await exposition(of)).split("\n").filter((line) => /^[^#]/.test(line));

test("what services and projections say is told in the words of Prometheus", async () => {
  const endpoint = 'service="accounts",instance="one",endpoint="rename"';
  expect(await linesOf(known)).toEqual([
    "natster_up 1",
    `natster_requests_total{${endpoint}} 7`,
    `natster_errors_total{${endpoint}} 2`,
    `natster_refusals_total{${endpoint},reason="unavailable"} 0`,
    `natster_refusals_total{${endpoint},reason="handle_taken"} 1`,
    `natster_faults_total{${endpoint}} 1`,
    `natster_processing_seconds_total{${endpoint}} 1.5`,
    `natster_requests_in_flight{${endpoint}} 3`,
    `natster_latency_seconds{${endpoint},percentile="p50"} 0.001`,
    `natster_latency_seconds{${endpoint},percentile="p95"} 0.02`,
    `natster_latency_seconds{${endpoint},percentile="p99"} 0.25`,
    'natster_instance_info{service="accounts",instance="one",version="0.1.0"} 1',
    'natster_figure{service="accounts",instance="one",figure="refusedImports"} 4',
    'natster_figure{service="accounts",instance="one",figure="enforces"} 1',
    'natster_projection_behind_events{service="projector",projection="shares"} 10',
    'natster_projection_lag_seconds{service="projector",projection="shares"} 1.2',
    'natster_projection_parked_events{service="projector",projection="shares"} 2',
    'natster_projection_rebuilt_ratio{service="projector",projection="shares"} 0.5',
    'natster_unmeasured{service="catalog",name="due_grants"} 1',
    'natster_reaction_behind_events{service="catalog",reaction="grants"} 3',
    'natster_reaction_behind_events{service="catalog",reaction="due_grants"} 0',
    'natster_reaction_lag_seconds{service="catalog",reaction="grants"} 4.5',
    'natster_reaction_lag_seconds{service="catalog",reaction="due_grants"} 0',
    'natster_reaction_failing_events{service="catalog",reaction="grants"} 1',
    'natster_reaction_failing_events{service="catalog",reaction="due_grants"} 0',
  ]);
});

test.for([{ num_requests: -1 }, { num_errors: -1 }, { processing_time: -1 }, { data: { faults: -1 } }])(
  "a service that counts %o costs nobody else's figures",
  async (wrong) => {
    const endpoint = { name: "ask", num_requests: 1, num_errors: 0, processing_time: 0 };
    const data = { faults: 0, in_flight: 0, latency: { p50: 0, p95: 0, p99: 0 } };
    const hostile = { ...endpoint, ...wrong, data: { ...data, ...wrong.data, refusals: { unavailable: -1 } } };
    const instances = [endpoint, hostile].map((each) => Instance.parse({ name: "any", id: "x", endpoints: [each] }));
    expect(await linesOf({ ...known, instances: [...known.instances, ...instances] })).toContain(
      'natster_requests_total{service="accounts",instance="one",endpoint="rename"} 7',
    );
  },
);

test("a system that does not answer is told to be down, and nothing else of it", async () => {
  expect(await linesOf(undefined)).toEqual(["natster_up 0"]);
});
