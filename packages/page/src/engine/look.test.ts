import { errors, type NatsConnection } from "@nats-io/nats-core";
import { expect, test } from "vitest";
import { infoOf, statsOf } from "../services/seen.fixture.ts";
import { look } from "./look.ts";

/** A connection on which these replies come. */
function answering(replies: Record<string, unknown[] | Error>) {
  const asked: string[] = [];
  const connection = {
    requestMany(subject: string) {
      asked.push(subject);
      const reply = replies[subject] ?? [];
      return Promise.resolve(
        (async function* () {
          if (reply instanceof Error) throw reply;
          for (const each of reply) yield { json: () => each };
        })(),
      );
    },
  };
  return { connection: connection as unknown as NatsConnection, asked };
}

test("long descriptions are asked for only where somebody is new", async () => {
  const { connection, asked } = answering({ "$SRV.STATS": [statsOf({}), "junk"], "$SRV.INFO": [infoOf({})] });
  const first = await look(connection, new Set());
  expect(first).toMatchObject({ stats: [{ id: "ID1" }], infos: [{ id: "ID1" }] });
  await look(connection, new Set(["ID1"]));
  expect(asked).toEqual(["$SRV.STATS", "$SRV.INFO", "$SRV.STATS"]);
});

test("that nobody answers is an answer", async () => {
  const { connection } = answering({ "$SRV.STATS": new errors.NoRespondersError("$SRV.STATS") });
  expect(await look(connection, new Set())).toMatchObject({ stats: [], infos: [] });
});

test("that one may not ask is none", async () => {
  const denied = new errors.PermissionViolationError("denied", "publish", "$SRV.STATS");
  const { connection } = answering({ "$SRV.STATS": denied });
  await expect(look(connection, new Set())).rejects.toBe(denied);
});
