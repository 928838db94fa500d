/** What services might say. */
import { Info, Stats } from "./wire.ts";

export interface Said {
  readonly id?: string;
  readonly name?: string;
  readonly requests?: number;
  readonly errors?: number;
  readonly nanoseconds?: number;
  readonly data?: unknown;
}

export const statsOf = ({ id = "ID1", name = "codes", requests = 0, errors = 0, nanoseconds = 0, data }: Said): Stats =>
  Stats.parse({
    id,
    name,
    version: "1.2.0",
    started: "2026-01-01T00:00:00Z",
    endpoints: [
      { name: "health", subject: `health.${name}.${id}`, num_requests: 0, num_errors: 0, processing_time: 0 },
      {
        name: "issue",
        subject: `*.natster.${name}.issue`,
        queue_group: name,
        num_requests: requests,
        num_errors: errors,
        last_error: errors > 0 ? "code_used" : undefined,
        processing_time: nanoseconds,
        data,
      },
    ],
  });

export const infoOf = ({ id = "ID1", name = "codes" }: Said): Info =>
  Info.parse({
    id,
    name,
    description: `What ${name} does`,
    endpoints: [
      {
        name: "issue",
        subject: `*.natster.${name}.issue`,
        metadata: { summary: "Make a code known", schema_request: "{}", schema_response: "{}", access: "lobby" },
      },
    ],
  });
