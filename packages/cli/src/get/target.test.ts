import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { CatalogName } from "@natster/contracts";
import { createKey } from "@natster/trust";
import { expect, test } from "vitest";
import { writeContext } from "../context/context.ts";
import { made, ownHome } from "../context/home.fixture.ts";
import { checkNotServed } from "./target.ts";

test("a catalog is not fetched into the folder that it is served from, by whatever way that is reached", async () => {
  const home = ownHome();
  const account = made();
  const context = await writeContext("home", account);
  const [catalog, other] = [CatalogName.parse("photos"), CatalogName.parse("music")];
  const root = join(home, "Photos");
  mkdirSync(join(root, "2026"), { recursive: true });
  symlinkSync(root, join(home, "elsewhere"));
  await context.writeServed({ [catalog]: { root, dotfiles: false } });

  const fetches = (name: CatalogName, path: string, to: string, owner = account.account) =>
    checkNotServed(join(home, to), { owner, catalog: name }, path);
  for (const to of ["Photos", "Photos/inner", "Photos/2026/new/deep", "elsewhere/inner"])
    await expect(fetches(catalog, "", to)).rejects.toThrow("which this machine serves as photos: it would hold itself");
  await expect(fetches(catalog, "2026", "Photos/2026/copy")).rejects.toThrow("it would hold itself");

  await expect(fetches(catalog, "", "Photos-copy")).resolves.toBeUndefined();
  await expect(fetches(catalog, "", ".")).resolves.toBeUndefined();
  await expect(fetches(catalog, "2026", "Photos/copy")).resolves.toBeUndefined();
  await expect(fetches(other, "", "Photos/music")).resolves.toBeUndefined();
  await expect(fetches(catalog, "", "Photos/theirs", createKey("account").public)).resolves.toBeUndefined();
});
