import { execFileSync } from "node:child_process";
import { mkdir } from "node:fs/promises";
import { expect, test } from "vitest";
import { testFolder } from "../folder.fixture.ts";
import { WatchTree } from "./watch-tree.ts";

test("more than the kernel keeps is noticed also of a folder that is watched anew before it is read", async () => {
  await using folder = await testFolder();
  await mkdir(folder.at("many"));
  let overflows = 0;
  using tree = new WatchTree({
    root: folder.path,
    dotfiles: false,
    onChange: () => {},
    onOverflow: () => overflows++,
  });
  tree.add("many");
  // Each is at least three events, and the queue holds 16,384; nothing is read of them while this waits.
  execFileSync("sh", ["-c", "seq 1 12000 | xargs touch"], { cwd: folder.at("many") });
  tree.remove("many");
  tree.add("many");

  await expect.poll(() => overflows).toBeGreaterThan(0);
});
