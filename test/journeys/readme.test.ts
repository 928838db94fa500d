/** The README: its first transfer as it stands, in a clone, and every script that it names. */
import { cpSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { stepsOfReadme } from "./guide.ts";
import { homes, Somebody } from "./person.ts";

const root = join(import.meta.dirname, "..", "..");
const read = (path: string) => readFileSync(join(root, path), "utf8");

test("the first transfer of the README is one, from nothing but a clone", async () => {
  const where = homes();
  const [alice, bob] = [new Somebody("alice", where), new Somebody("bob", where)];
  cpSync(join(root, "sample"), join(alice.home, "Photos"), { recursive: true });
  const installed = join(where, "npm");
  const env = {
    PATH: [join(installed, "bin"), dirname(process.execPath), process.env["PATH"]].join(delimiter),
    npm_config_prefix: installed,
    npm_config_offline: "true",
  };

  let link = "";
  for (const { who, line } of stepsOfReadme()) {
    const typed = `unset -f natster; ${who === "alice" ? `cd "${root}"; ` : ""}${line.replaceAll("LINK", link)}`;
    const { code, out, err } = await (who === "alice" ? alice : bob).types(typed, { env });
    expect(code, `${line}\n${out}${err}`).toBe(0);
    link = /\S+#code=[\w-]+/.exec(out)?.[0] ?? link;
  }
  expect(readFileSync(join(bob.home, "photos", "Welcome.md"), "utf8")).toBe(read("sample/Welcome.md"));
}, 600_000);

test("every script that the README and the guide name is one", () => {
  const { scripts } = JSON.parse(read("package.json"));
  const named = ["README.md", "docs/guide/README.md", "CONTRIBUTING.md"].flatMap((page) =>
    [...read(page).matchAll(/\bnpm (?:run )?(start|test|(?<=run )[a-z][\w:]*)/g)].map(([, name = ""]) => name),
  );
  expect(named.length).toBeGreaterThan(5);
  expect(named.filter((name) => scripts[name] === undefined && name !== "test:NAME")).toEqual([]);
});
