import { NoAnswerError, NobodyAnswersError } from "@natster/micro/client";
import { expect, test } from "vitest";
import { insist } from "./insist.ts";

test("whose answer is lost asks again, as the same command", async () => {
  const asked: string[] = [];
  const answer = await insist(({ commandId }) => {
    asked.push(commandId);
    return asked.length < 3 ? Promise.reject(new NoAnswerError("lost")) : Promise.resolve("here");
  });

  expect(answer).toBe("here");
  expect(asked).toEqual([asked[0], asked[0], asked[0]]);
});

test("what is no lack of an answer is not asked again", async () => {
  const asked: string[] = [];
  const asking = insist(({ commandId }) => {
    asked.push(commandId);
    return Promise.reject(new NobodyAnswersError("nobody is there"));
  });

  await expect(asking).rejects.toThrow(NobodyAnswersError);
  expect(asked).toHaveLength(1);
});

test("who insists gives up when the time is over", async () => {
  const lost = new NoAnswerError("lost");
  await expect(insist(() => Promise.reject(lost), 0)).rejects.toBe(lost);
});
