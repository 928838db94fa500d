import { expect, test } from "vitest";
import { IndexThread } from "./index-thread.ts";

test("of a thread that has ended everything that is asked fails, at once and later, and closing it ends", async () => {
  const options = { root: import.meta.dirname, database: "/dev/null/no-folder", dotfiles: false };
  const thread = new IndexThread({ options, now: undefined }, { onRevision() {}, onProgress() {}, onTrouble() {} });
  await expect(thread.rescan()).rejects.toThrow("EEXIST");
  await expect(thread.look("a")).rejects.toThrow("EEXIST");
  await expect(thread.close()).resolves.toBeUndefined();
});
