import { closeSync } from "node:fs";
import { rename, symlink } from "node:fs/promises";
import { expect, test } from "vitest";
import { testFolder } from "../folder.fixture.ts";
import { NotThereError, openInside, openInsideSync } from "./inside.ts";

test("a file is opened by its real path, and not through a link in any step, to the very same file either", async () => {
  await using folder = await testFolder();
  await folder.put("folder/file");
  await (await openInside(folder.at("folder/file"))).close();
  closeSync(openInsideSync(folder.at("folder/file")));

  await rename(folder.at("folder"), folder.at("moved"));
  await symlink(folder.at("moved"), folder.at("folder"));
  await expect(openInside(folder.at("folder/file"))).rejects.toThrow(NotThereError);
  expect(() => openInsideSync(folder.at("folder/file"))).toThrow(NotThereError);
});
