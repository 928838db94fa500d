import { mkdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { writeContext } from "../context/context.ts";
import { made, ownHome } from "../context/home.fixture.ts";
import { checkNotOwn } from "./own.ts";

test("no folder is shared that holds what is Natster's own, or lies in it, by whatever way that is reached", async () => {
  const home = ownHome();
  const system = join(home, "Systems", "one");
  for (const folder of ["Photos", "natster-photos", "Systems/two"]) mkdirSync(join(home, folder), { recursive: true });
  symlinkSync(home, join(home, "Photos", "all"));
  await writeContext("home", { ...made(), system });

  for (const folder of ["/", home, "natster", "natster/contexts/home", "Photos/all", "Systems", "Systems/one/nats"])
    await expect(checkNotOwn(resolve(home, folder)), folder).rejects.toThrow("keys too");
  for (const folder of ["Photos", "natster-photos", "Systems/two"])
    await expect(checkNotOwn(join(home, folder)), folder).resolves.toBeUndefined();
});
