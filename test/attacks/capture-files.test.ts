/**
 * What crosses nats-server while a folder is shared, listed, searched and downloaded, recorded at every place where
 * somebody could listen, and what is at rest afterwards: no name, no content, and nothing that opens either is in it.
 */
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CatalogName } from "@natster/contracts";
import { FilePath } from "@natster/contracts/files";
import { serveCatalog } from "@natster/file-server";
import { mirror } from "@natster/files/download";
import { silentLog } from "@natster/micro";
import { accept, connectDevice, createDevice, readCatalog, share } from "@natster/person";
import { startSystem } from "@natster/testing";
import { keyFromSeed, parseCreds } from "@natster/trust";
import { expect, test } from "vitest";
import { openWire } from "./wire.fixture.ts";

const photos = CatalogName.parse("photos");
const folder = "a-folder-of-hers";
const name = "the-secret-name-of-a-file.txt";
const words = "what only Bob may read, and nobody else in the world";

test(
  "a tap on everything hears neither a file's name nor its content while it is shared and downloaded",
  { timeout: 180_000 },
  async () => {
    await using system = await startSystem({ logLevel: "trace" });
    const [alice, bob] = await Promise.all([system.person("alice"), system.person("bob")]);
    const { platform, directory } = system;
    await using wire = await openWire(platform.nats.url);
    const place = { ...platform.place, servers: [wire.url] };
    await using scope = new AsyncDisposableStack();

    // Inside every account, whatever anybody says there: nats-server delivers it to whoever may hear everything.
    const inside: Buffer[] = [];
    const seeds = await Promise.all(
      ["platform", "streams"].map((of) => readFile(join(directory, "offline", `${of}.seed`), "utf8")),
    );
    for (const key of [...seeds.map((seed) => keyFromSeed(seed, "account")), alice.key, bob.key]) {
      const listener = createDevice(key, { name: "listener", role: "owner" });
      const { connection } = scope.use(await connectDevice(platform.place, listener, "listener"));
      const callback = (_: Error | null, message: { subject: string; data: Uint8Array }) =>
        void inside.push(Buffer.from(message.subject), Buffer.from(message.data));
      connection.subscribe(">", { callback });
      await connection.flush();
    }

    const content = Buffer.concat([Buffer.from(words), randomBytes(600_000)]);
    const root = join(directory, "served");
    await mkdir(join(root, folder), { recursive: true });
    await writeFile(join(root, folder, name), content);
    await writeFile(join(root, "small.txt"), words);
    const creds = [
      createDevice(alice.key, { name: "laptop", role: "owner" }),
      createDevice(alice.key, { name: "server", role: "server" }),
      createDevice(bob.key, { name: "phone", role: "browser" }),
    ];
    const [laptop, server, phone] = [
      scope.use(await connectDevice(place, creds[0] ?? "", "laptop")),
      scope.use(await connectDevice(place, creds[1] ?? "", "server")),
      scope.use(await connectDevice(place, creds[2] ?? "", "phone")),
    ];
    const address = { owner: alice.account, catalog: photos };
    await laptop.catalog.create({ catalog: photos });
    await using _serving = await serveCatalog({
      ...server,
      catalog: photos,
      root,
      log: silentLog(),
      beat: (state) => server.library.beat(state),
    });
    await share(laptop, alice.key, { catalog: photos, recipient: bob.account });
    await accept(phone, address);
    using catalog = await readCatalog(phone, address);
    const entries = await Array.fromAsync(catalog.entries());
    const found = await Array.fromAsync(catalog.entries({ name: "secret-name", type: "text/" }));
    await Array.fromAsync(catalog.entries({ folder: FilePath.parse(folder), shallow: true }));
    const target = join(directory, "bob");
    const done = await mirror(catalog, target);

    // The twin: all of it did arrive, over the very wire that was tapped.
    expect(done).toMatchObject({ downloads: 2, failed: 0 });
    expect(found.map(({ path }) => path)).toEqual([`${folder}/${name}`]);
    expect((await readFile(join(target, folder, name))).equals(content)).toBe(true);
    const places = { wire: wire.bytes(), inside: Buffer.concat(inside) };
    for (const heard of Object.values(places)) {
      expect(heard.length).toBeGreaterThan(content.length);
      expect(heard.includes(`files.${photos}.`)).toBe(true);
    }

    const secrets = new Map<string, Buffer | string>([
      ["a file's name", name],
      ["part of a name", "secret-name"],
      ["a folder's name", folder],
      ["a type", "text/plain"],
      ["words of the content", "what only Bob"],
      ["the folder that is served", root],
      ...entries.flatMap(({ path, digest }): [string, Buffer | string][] => [
        [`the digest of ${path}`, digest],
        [`the digest of ${path} as bytes`, Buffer.from(digest, "hex")],
        [`the digest of ${path} in base64`, Buffer.from(digest, "hex").toString("base64url")],
      ]),
      ...[alice.key, bob.key].map((key, index): [string, string] => [`account key ${index}`, key.seed()]),
      ...creds.map((text, index): [string, string] => [`device key ${index}`, parseCreds(text).key.seed()]),
      // Any eight bytes of it anywhere would be no chance; in base64 they would begin at one of three places.
      ...Array.from({ length: 300 }, (_, index): [string, Buffer] => [
        `content at ${index * 2_000}`,
        content.subarray(index * 2_000, index * 2_000 + 8),
      ]),
      ...[0, 1, 2].map((at): [string, string] => [
        `content in base64 from ${at}`,
        content.subarray(3_000 + at, 3_012 + at).toString("base64"),
      ]),
    ]);
    const leaks = (heard: Buffer) => [...secrets].filter(([, secret]) => heard.includes(secret)).map(([what]) => what);
    for (const [where, heard] of Object.entries(places)) expect([where, leaks(heard)]).toEqual([where, []]);
    // The search itself would find something if it were there.
    expect(leaks(await readFile(join(target, folder, name)))).toContain("content at 2000");

    // At rest: streams and buckets, account JWTs and logs of the platform and of nats-server.
    const rest = join(directory, "nats");
    const files = (await readdir(directory, { recursive: true, withFileTypes: true })).filter((each) => each.isFile());
    const kept = files
      .map((each) => join(each.parentPath, each.name))
      .filter((path) => path.startsWith(rest) || path.endsWith(".log"));
    expect(kept.length).toBeGreaterThan(5);
    for (const path of kept) expect([path, leaks(await readFile(path))]).toEqual([path, []]);
  },
);
