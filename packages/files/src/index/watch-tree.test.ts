import { renameSync } from "node:fs";
import { expect, test } from "vitest";
import { testFolder } from "../folder.fixture.ts";
import { WatchTree } from "./watch-tree.ts";

test("more than the kernel keeps is noticed also of a folder that is watched anew before it is read", async () => {
  await using folder = await testFolder();
  await folder.put("many/0");
  let overflows = 0;
  using tree = new WatchTree({
    root: folder.path,
    dotfiles: false,
    onChange: () => {},
    onLost: () => overflows++,
  });
  tree.add("many");
  // Each is at least two events, and the queue holds 16,384; nothing is read of them before this is through.
  for (let now = 0; now < 10_000; now++) renameSync(folder.at(`many/${now % 2}`), folder.at(`many/${(now + 1) % 2}`));
  tree.remove("many");
  tree.add("many");

  await expect.poll(() => overflows).toBeGreaterThan(0);
});
