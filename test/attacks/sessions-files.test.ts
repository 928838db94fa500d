/** Files that were never meant: paths and links that lead out of what is served, and names that lead out of where it goes. */
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { SignedText } from "@natster/contracts";
import { asShared } from "@natster/contracts/borders";
import { files } from "@natster/contracts/files";
import type { ServedCatalog } from "@natster/file-server";
import { SessionLink, Throttle } from "@natster/files";
import { downloadAll, mirror } from "@natster/files/download";
import { client, isRefusal } from "@natster/micro";
import { readCatalog } from "@natster/person";
import {
  createOpeningKey,
  openHash,
  openSession,
  readAnswer,
  ReaderSession,
  type SessionDevice,
  signOpen,
} from "@natster/trust";
import { afterAll, beforeAll, describe, vi } from "vitest";
import { attack, until } from "./attack.fixture.ts";
import { serveLies } from "./hostile-instance.fixture.ts";
import type { Raw } from "./raw.fixture.ts";
import { diary, digestOf, now, openServed, outcomeOf, photos, picture, type Served } from "./served.fixture.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let served: Served;
let carol: Raw & { readonly device: SessionDevice };
beforeAll(async () => {
  served = await openServed();
  carol = await served.device(served.carol);
});
afterAll(() => served?.[Symbol.asyncDispose]());

/** A session of Carol's in which anything can be asked; what is refused is said as its reason. */
async function session(): Promise<(verb: string, request: unknown) => Promise<unknown>> {
  const key = await createOpeningKey();
  const owner = served.alice.account;
  const wanted = { purpose: "files", owner, catalog: photos } as const;
  const open = await signOpen({ device: carol.device, wanted, grant: served.grant, key: key.public, now: now() });
  const said = await carol.read(served.shared(`files.${photos}.open`), open);
  const hash = openHash(open);
  const answer = readAnswer(SignedText.parse(JSON.parse(said)), { wanted, openHash: hash, now: now() });
  if (answer.refused !== undefined) throw new Error(answer.refused);
  const { secrets } = await openSession(key, hash, answer);
  const inside = new ReaderSession(answer.session, secrets.requests, await secrets.replies(0));
  return async (verb, request) => {
    const asked = await inside.request(verb, Buffer.from(JSON.stringify(request)));
    const subject = served.shared(`files.${photos}.${answer.instance}.${verb}`);
    const { data } = await carol.connection.request(subject, asked.frame, { timeout: 5_000 });
    const { refused, body } = await inside.reply(asked, data);
    const text = Buffer.from(body).toString();
    return refused ? JSON.parse(text).reason : verb === "read" ? text : JSON.parse(text);
  };
}
/** Asks in a session of its own. */
const asking = (verb: string, request: unknown) => async () => (await session())(verb, request);
const range = (content: string) => ({ digest: digestOf(content), offset: 0, length: content.length });
const shared = "what Carol may read";
const reads = { twin: asking("read", range(shared)), works: shared };

describe("asks an honest instance again and again", () => {
  let serving: ServedCatalog;
  /** The owner's limit: of what is asked one byte goes out, and then nothing, until the time goes on. */
  let [time, passes] = [0, 0];
  beforeAll(async () => {
    serving = await served.serve({ throttle: new Throttle(1, () => (time += passes)) });
  });
  afterAll(() => serving?.stop());
  const asked: Promise<string>[] = [];
  attack("without waiting for what it is answered", {
    attack: async () => {
      const { alice, grant } = served;
      const { connection, device } = served.phone;
      const asCarol = client(files, connection, { subject: asShared(alice.account) });
      const reading = { owner: alice.account, catalog: photos, device, grant };
      const link = await SessionLink.open(asCarol, reading, { timeout: 20_000 });
      const refused: unknown[] = [];
      for (let count = 0; count < 600; count++) {
        const answer = link.ask("read", range(shared), { timeout: 100_000 });
        answer.catch((error: unknown) => refused.push(error));
        asked.push(answer.then((bytes) => Buffer.from(bytes).toString()));
      }
      void Promise.allSettled(asked);
      // One was answered, and 512 are under way.
      await until(
        () => refused.length,
        (count) => count >= 600 - 513,
      );
      return refused.every((error) => isRefusal(error, "too_many_requests"));
    },
    fails: true,
    // Others are answered all the while; and what waits is, when its turn comes.
    twin: async () => {
      using own = await readCatalog(served.alice, { owner: served.alice.account, catalog: photos });
      const listed = await Array.fromAsync(own.entries());
      passes = 1_000_000;
      await own.read(range(shared));
      const answers = (await Promise.allSettled(asked)).filter(({ status }) => status === "fulfilled");
      return [listed.length, answers.length >= 512];
    },
    works: [2, true],
  });
});

describe("asks an honest instance", () => {
  let serving: ServedCatalog;
  beforeAll(async () => {
    serving = await served.serve();
  });
  afterAll(() => serving?.stop());
  for (const folder of ["..", "../", "2026/../..", "/etc", "/", "2026//", ".", "a\0b", "x".repeat(5_000)]) {
    attack(`to list ${JSON.stringify(folder).slice(0, 20)}`, {
      attack: asking("list", { folder }),
      fails: "invalid_request",
      ...reads,
    });
  }
  attack("to list from a place outside", {
    attack: async () => {
      const ask = await session();
      const pages = await Promise.all(
        ["../diary.txt", "/etc/passwd", "link.txt", "up/"].map((after) => ask("list", { after })),
      );
      return JSON.stringify(pages).includes("diary");
    },
    fails: false,
    ...reads,
  });
  attack("to read by a path", {
    attack: asking("read", { ...range(diary), path: "../diary.txt" }),
    fails: "invalid_request",
    ...reads,
  });
  attack("to read, by its digest, what a link in the folder leads to outside of it", {
    attack: asking("read", range(diary)),
    fails: "file_unknown",
    ...reads,
  });
  attack("to read beyond the end, from before the beginning, and more than there may be", {
    attack: async () => {
      const ask = await session();
      const { digest } = range(shared);
      return await Promise.all(
        [
          { digest, offset: shared.length, length: 1 },
          { digest, offset: -1, length: 5 },
          { digest, offset: 0, length: 1_000_000_000 },
          { digest, offset: 0.5, length: 1 },
        ].map((request) => ask("read", request)),
      );
    },
    fails: ["range_outside", "invalid_request", "invalid_request", "invalid_request"],
    ...reads,
  });
});

/** Once what was changed is as it was: a serving process begins with a look at everything. */
const readsAgain = {
  twin: async () => {
    await using _serving = await served.serve();
    const ask = await session();
    return await ask("read", range(shared));
  },
  works: shared,
};

describe("asks while the folder changes", () => {
  attack("to read a file that became a link to one outside", {
    attack: async () => {
      const path = join(served.root, "b.txt");
      await using _serving = await served.serve();
      const ask = await session();
      await rm(path);
      await symlink(join("..", "diary.txt"), path);
      const came = await ask("read", range(shared));
      const outside = await ask("read", range(diary));
      await rm(path);
      await writeFile(path, shared);
      // Either may come first: that it is another file, or that there is none.
      return [["changed", "file_unknown"].includes(String(came)), outside];
    },
    fails: [true, "file_unknown"],
    ...readsAgain,
  });
  attack("to read from a folder that became a link to one outside, with a file of that very name and size", {
    attack: async () => {
      const folder = join(served.root, "2026");
      const elsewhere = await served.newFolder();
      await writeFile(join(elsewhere, "a.jpg"), Buffer.alloc(picture.length, "private "));
      await using _serving = await served.serve();
      const ask = await session();
      await rename(folder, `${elsewhere}.kept`);
      await symlink(elsewhere, folder);
      const asked = { digest: digestOf(picture), offset: 0, length: 20 };
      const came = await ask("read", asked);
      await rm(folder);
      await rename(`${elsewhere}.kept`, folder);
      return [["changed", "file_unknown"].includes(String(came)), String(came).includes("private")];
    },
    fails: [true, false],
    ...readsAgain,
  });
});

const entry = (path: string, content = "escaped") => ({
  path,
  size: content.length,
  modified: 1_000,
  type: "text/plain",
  digest: digestOf(content),
});
/** What comes of mirroring a catalog that lists these files, each with the content that it says. */
const mirroring =
  (paths: readonly string[], prepare = async (_target: string) => {}) =>
  async () => {
    const entries = paths.map((path) => entry(path));
    await using _lying = await serveLies(served, (verb) =>
      verb === "list" ? { folders: [], entries, revision: 1 } : Buffer.from("escaped"),
    );
    const around = await served.newFolder();
    const target = join(around, "target");
    await mkdir(target);
    await prepare(target);
    using catalog = await served.read();
    const how = await outcomeOf(async () => (await mirror(catalog, target)).failures.map(({ error }) => error.name));
    return [how, (await below(around)).filter((path) => !path.includes(".natster/"))];
  };
const below = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((each) => each.isFile())
    .map((each) => join(each.parentPath, each.name).slice(folder.length + 1))
    .toSorted();
const arrives = { twin: mirroring(["good", "a/b"]), works: [[], ["target/a/b", "target/good"]] };

describe("a hostile owner's instance names a file", () => {
  for (const path of [
    "../escaped",
    "a/../../escaped",
    "/etc/escaped",
    "a//b",
    "./a",
    "",
    "a\0b",
    "a/..",
    "x".repeat(5_000),
  ]) {
    attack(`${JSON.stringify(path).slice(0, 20)}, which no catalog may hold`, {
      attack: mirroring(["good", path]),
      fails: ["AgainstContractError", []],
      ...arrives,
    });
  }
  attack(".natster/mirror.sqlite, where the mirror keeps its own", {
    attack: mirroring([".natster/mirror.sqlite", ".natster", "good"]),
    fails: [["UnsafePathError", "UnsafePathError"], ["target/good"]],
    ...arrives,
  });
  attack("below a link that leads out of the reader's folder", {
    attack: mirroring(["out/escaped", "good"], (target) => symlink(dirname(target), join(target, "out"))),
    fails: [["UnsafePathError"], ["target/good"]],
    ...arrives,
  });
  attack("as a link that is there, and leads to a file of the reader's: the link stays, and so does what it leads to", {
    attack: async () => {
      const mine = join(await served.newFolder(), "mine");
      await writeFile(mine, "mine");
      const done = await mirroring(["link", "good"], (target) => symlink(mine, join(target, "link")))();
      return [done, await readFile(mine, "utf8")];
    },
    fails: [[[], ["target/good"]], "mine"],
    ...arrives,
  });
  attack("below another file of the same catalog", {
    attack: async () => {
      const [failures, files] = await mirroring(["a", "a/b"])();
      return [failures, files].map((each) => (Array.isArray(each) ? each.length : each));
    },
    // Whichever comes first is there, and the other is not.
    fails: [1, 1],
    ...arrives,
  });
});

describe("a hostile owner's instance sends", () => {
  const sends =
    (bytes: Uint8Array, size = 7) =>
    async () => {
      const entries = [{ ...entry("a"), size }];
      await using _lying = await serveLies(served, (verb) =>
        verb === "list" ? { folders: [], entries, revision: 1 } : bytes,
      );
      const target = await served.newFolder();
      using catalog = await served.read();
      const { failures } = await mirror(catalog, target);
      const { results } = await downloadAll(catalog, catalog.entries(), await served.newFolder());
      const names = [...failures.map(({ error }) => error.name), ...results.map(({ error }) => error?.name ?? "came")];
      return [names, (await below(target)).filter((path) => !path.startsWith(".natster/"))];
    };
  const twin = { twin: sends(Buffer.from("escaped")), works: [["came"], ["a"]] };
  attack("another content than the digest says", {
    attack: sends(Buffer.from("ESCAPED")),
    fails: [["DigestMismatchError", "DigestMismatchError"], []],
    ...twin,
  });
  attack("a digest that is none", {
    attack: async () => {
      await using _lying = await serveLies(served, () => ({
        folders: [],
        entries: [{ ...entry("a"), digest: "../../escaped" }],
        revision: 1,
      }));
      using catalog = await served.read();
      return await outcomeOf(async () => mirror(catalog, await served.newFolder()));
    },
    fails: "AgainstContractError",
    ...twin,
  });
  attack("a listing that never ends: the same page again and again", {
    attack: async () => {
      await using _lying = await serveLies(served, () => ({
        folders: [],
        entries: [entry("a")],
        revision: 1,
        next: "a",
      }));
      using catalog = await served.read();
      return (await Array.fromAsync(catalog.entries())).length;
    },
    // A page that leads nowhere new is the last.
    fails: 2,
    ...twin,
  });
  attack("a listing that never ends: two pages in turn", {
    attack: async () => {
      await using _lying = await serveLies(served, (_verb, { after }) => ({
        folders: [],
        entries: [entry("a")],
        revision: 1,
        next: after === "a" ? "b" : "a",
      }));
      using catalog = await served.read();
      return (await Array.fromAsync(catalog.entries())).length;
    },
    // Behind the first page come both, and then nothing new.
    fails: 3,
    ...twin,
  });
  const together = (bundled: (honest: Buffer) => Uint8Array) => async () => {
    const entries = [entry("a"), entry("b")];
    const lie = (verb: string) => (verb === "list" ? { folders: [], entries, revision: 1 } : Buffer.from("escaped"));
    await using _lying = await serveLies(served, lie, bundled);
    const target = await served.newFolder();
    using catalog = await served.read();
    const came = await outcomeOf(async () => (await mirror(catalog, target)).failures.map(({ error }) => error.name));
    return [came, (await below(target)).filter((path) => !path.startsWith(".natster/"))];
  };
  const apart = { twin: together((honest) => honest), works: [[], ["a", "b"]] };
  const against = [["AgainstContractError", "AgainstContractError"], []];
  attack("small files together that are cut off", {
    attack: together((honest) => honest.subarray(0, -1)),
    fails: against,
    ...apart,
  });
  attack("small files together, and more behind them", {
    attack: together((honest) => Buffer.concat([honest, Buffer.alloc(4)])),
    fails: against,
    ...apart,
  });
  attack("small files together, of which one says that it is larger than all", {
    attack: together((honest) => Buffer.from(honest).fill(0x7f, 0, 4)),
    fails: against,
    ...apart,
  });
  attack("nothing, in place of small files", { attack: together(() => Buffer.alloc(0)), fails: against, ...apart });
});
