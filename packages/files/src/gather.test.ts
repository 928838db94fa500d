import fc from "fast-check";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Gather } from "./gather.ts";

test("everybody gets the answer to the own question, and no request is larger than it may be", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 60 }), fc.nat(2), async (all, pause) => {
      const asked: (readonly number[])[] = [];
      const gather = new Gather(
        async (questions: readonly number[]) => {
          asked.push(questions);
          await sleep(pause);
          return questions.map((question) => question * 2);
        },
        { most: 7, heaviest: 100, weigh: (question) => question },
      );
      expect(await Promise.all(all.map((question) => gather.ask(question)))).toEqual(all.map((each) => each * 2));
      expect(asked.flat()).toEqual(all);
      for (const together of asked) {
        expect(together.length).toBeLessThanOrEqual(7);
        expect(together.reduce((sum, each) => sum + each, 0)).toBeLessThanOrEqual(100);
      }
    }),
  );
});

test("what goes wrong for one request is told to those who were asked for in it, and to nobody else", async () => {
  let asked = 0;
  const gather = new Gather(
    (questions: readonly string[]) => (++asked === 1 ? Promise.reject(new Error("lost")) : Promise.resolve(questions)),
    { most: 2, heaviest: 10, weigh: () => 1 },
  );
  const answers = await Promise.allSettled(["a", "b", "c"].map((each) => gather.ask(each)));
  expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected", "fulfilled"]);
});

test("one that is too heavy for any goes alone", async () => {
  const asked: number[][] = [];
  const gather = new Gather(
    (questions: readonly number[]) => {
      asked.push([...questions]);
      return Promise.resolve(questions);
    },
    { most: 5, heaviest: 10, weigh: (question) => question },
  );
  await Promise.all([1, 50, 2].map((each) => gather.ask(each)));
  expect(asked).toEqual([[1], [50], [2]]);
});
