/** The journeys, as the pages of the guide tell them, through the real command in homes of their own. */
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { stepsOfGuide } from "./guide.ts";
import { homes, Somebody } from "./person.ts";

const sample = join(import.meta.dirname, "..", "..", "sample");

/** What Alice has before the first page. */
function furnish({ home }: Somebody): void {
  cpSync(sample, join(home, "Photos"), { recursive: true });
  mkdirSync(join(home, "Music", "Ünïted 写真"), { recursive: true });
  writeFileSync(join(home, "Music", "Ünïted 写真", "a song 🎈.mp3"), Buffer.alloc(700_000, "la"));
  const [root, beach] = [join(home, "Holiday"), "the sea"];
  mkdirSync(root);
  writeFileSync(join(root, "beach.txt"), beach);
  mkdirSync(join(home, ".natster"));
  writeFileSync(
    join(home, ".natster", "holiday.json"),
    JSON.stringify({
      name: "Holiday",
      root_dir: root,
      description: "By the sea",
      image: "https://example.org/sea.jpg",
      last_modified: 1_709_251_200,
      entries: [
        {
          path: "/beach.txt",
          description: "Where we swam",
          mime_type: "text/plain",
          hash: createHash("sha256").update(beach).digest("hex"),
          byte_size: beach.length,
        },
      ],
    }),
  );
}

/** Every file below a folder, by its path, with its content. */
const contentOf = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      // What a mirror remembers is in a folder of its own.
      .filter((entry) => entry.isFile() && !entry.parentPath.includes("/.natster"))
      .map(({ parentPath, name }) => [
        join(parentPath, name).slice(folder.length),
        readFileSync(join(parentPath, name)).toString("base64"),
      ]),
  );

test.each([
  ["without a terminal", {}],
  ["on a terminal of 80 columns", { terminal: 80 }],
])(
  "every command of the guide does what its page says, %s",
  async (_, options) => {
    const where = homes();
    const people = new Map<string, Somebody>();
    const person = (name: string) => {
      const known = people.get(name) ?? new Somebody(name, where);
      people.set(name, known);
      return known;
    };
    const [alice, bob] = [person("alice"), person("bob")];
    furnish(alice);

    let link = "";
    for (const { page, who, line, fails } of stepsOfGuide()) {
      const { code, out, err } = await person(who).types(line.replaceAll("LINK", link), options);
      const told = `${page}: ${who}$ ${line}\n${out}${err}`;
      expect(code, told).toBe(fails ? 1 : 0);
      expect(`${out}${err}`, told).not.toMatch(/^\s+at .*:\d+:\d+|\[object|undefined|NaN/m);
      // A refusal says what to type next, and only a refusal does.
      expect(/next: /.test(`${out}${err}`), told).toBe(fails);
      // oxlint-disable-next-line no-control-regex -- colour is taken off
      link = /\S+#code=[\w-]+/.exec(out.replaceAll(/\u001B\[[\d;]*m/g, ""))?.[0] ?? link;
    }

    expect(contentOf(join(bob.home, "photos"))).toEqual(contentOf(join(alice.home, "Photos")));
    expect(contentOf(join(bob.home, "from-alice"))).toEqual(contentOf(join(alice.home, "Music")));
  },
  900_000,
);
