import { expect, test } from "vitest";
import { testFolder } from "../folder.fixture.ts";
import { LookPool } from "./look-pool.ts";

test("threads that have nothing to do end, and others start when there is work again", async () => {
  await using folder = await testFolder();
  const names = Array.from({ length: 40 }, (_, number) => `f${number}`);
  await Promise.all(names.map((name) => folder.put(name)));
  const batch = { paths: names.map((name) => folder.at(name)), known: names.map(() => undefined), quiet: 0 };
  await using pool = new LookPool(2, 50);
  for (let turn = 0; turn < 2; turn++) {
    expect(await pool.look(batch)).toHaveLength(40);
    await expect.poll(() => pool.threads).toBe(0);
  }
});
