import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startNats } from "./nats.fixture.ts";
import { NoStorageError } from "./provision.ts";

test("a nats-server with too little room for the streams is named, with how much they ask for", async () => {
  await using store = await mkdtempDisposable(join(tmpdir(), "natster-small-"));
  const small = startNats({ extra: `jetstream { store_dir: "${store.path}", max_file_store: 40MB }` });
  await expect(small).rejects.toThrow(NoStorageError);
  await expect(small).rejects.toThrow(/^nats-server has no room for the stream \w+: insufficient storage resources/);
  await expect(small).rejects.toThrow(/All streams ask for 9 GiB; .* start it again with 12 GiB free$/);
});
