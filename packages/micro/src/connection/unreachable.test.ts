import { JetStreamApiError } from "@nats-io/jetstream";
import { JetStreamStatusError } from "@nats-io/jetstream/internal";
import { ClosedConnectionError, NoRespondersError, TimeoutError } from "@nats-io/nats-core";
import { expect, test } from "vitest";
import { kitRefusal } from "../service/refusal.ts";
import { isUnreachable } from "./unreachable.ts";

const answered = (code: number, err_code: number) => new JetStreamApiError({ code, err_code, description: "no" });

test("what cannot be reached now may be reached later", () => {
  const later = [
    new TimeoutError(),
    new NoRespondersError("x"),
    new ClosedConnectionError(),
    answered(503, 10008),
    answered(429, 10210),
    answered(409, 10158),
    new JetStreamStatusError("no responders", 503),
  ];
  expect(later.map(isUnreachable)).toEqual(later.map(() => true));
});

test("what is wrong stays wrong", () => {
  const wrong = [
    new Error("no"),
    undefined,
    "no",
    kitRefusal("internal"),
    answered(400, 10071),
    answered(404, 10059),
    new JetStreamStatusError("no messages", 404),
  ];
  expect(wrong.map(isUnreachable)).toEqual(wrong.map(() => false));
});
