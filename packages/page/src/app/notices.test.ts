import { beforeEach, expect, test, vi } from "vitest";
import { dismiss, mostShown, shownNow, tell } from "./notices.ts";

const texts = () => shownNow().map(({ text }) => text);

beforeEach(() => {
  vi.useFakeTimers();
  for (let shown = shownNow(); shown.length > 0; shown = shownNow()) for (const { id } of shown) dismiss(id);
  return () => vi.useRealTimers();
});

test("what is told together is shown together, and more than there is room for in its turn", () => {
  for (const text of ["one", "two", "three", "four"]) tell({ tone: "wrong", text });
  expect(texts()).toEqual(["one", "two", "three"].slice(0, mostShown));
  dismiss(shownNow()[0]?.id ?? -1);
  expect(texts()).toEqual(["two", "three", "four"]);
});

test("each goes when its own time is over, which begins when it is seen; what went wrong stays", () => {
  tell({ tone: "wrong", text: "wrong" });
  tell({ tone: "news", text: "first" });
  vi.advanceTimersByTime(5_000);
  tell({ tone: "news", text: "second" });
  tell({ tone: "good", text: "waits" });
  vi.advanceTimersByTime(3_000);
  expect(texts()).toEqual(["wrong", "second", "waits"]);
  vi.advanceTimersByTime(5_000);
  expect(texts()).toEqual(["wrong", "waits"]);
  vi.advanceTimersByTime(10_000);
  expect(texts()).toEqual(["wrong"]);
});

test("the same is not told twice, and what is newer of one thing takes the place of the older", () => {
  tell({ tone: "news", text: "begun", about: "a file" });
  tell({ tone: "news", text: "begun", about: "a file" });
  tell({ tone: "news", text: "begun too", about: "another" });
  tell({ tone: "good", text: "done", about: "a file" });
  expect(texts()).toEqual(["begun too", "done"]);
});
