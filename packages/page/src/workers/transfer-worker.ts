/**
 * Brings files to this browser's own disk: each grows in the page's private storage, in order, so that what is there can
 * be gone on from after any interruption, and nothing reaches its place before its digest is right.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex } from "@noble/hashes/utils.js";
import type { FileEntry } from "@natster/contracts/files";
import { letGo } from "@natster/trust";
import { makeZip } from "client-zip";
import type { Address } from "../engine/api.ts";
import { EngineError } from "../engine/engine-error.ts";
import { answerCalls, callBy, type Remote } from "../engine/remote.ts";
import { patiently } from "../media/patient.ts";
import { readAhead } from "../media/read-ahead.ts";

declare const self: DedicatedWorkerGlobalScope;

/** What a tab has this worker do. */
export interface Staging {
  /** Brings a file into the private storage; resolves when all of it is there and right. Tells how many bytes are. */
  readonly stage: (what: Staged, told: { signal: AbortSignal; tell: (bytes: number) => void }) => Promise<void>;
  /** Puts a staged file in its place below a folder, and forgets the copy. */
  readonly place: (what: Placed) => Promise<void>;
  /** Puts staged files into one ZIP beside them. Where that fails, nothing of it stays. */
  readonly pack: (what: Packed, told: { signal: AbortSignal }) => Promise<void>;
  /** Forgets what is staged under a name: a digest, or that of a ZIP. */
  readonly discard: (name: string) => Promise<void>;
}
export interface Staged {
  readonly address: Address;
  readonly file: FileEntry;
}
export interface Placed {
  readonly file: FileEntry;
  readonly into: FileSystemDirectoryHandle;
  readonly path: string;
}
export interface Packed {
  readonly files: readonly { readonly file: FileEntry; readonly path: string }[];
  /** The name of the ZIP in the private storage. */
  readonly as: string;
}

/** Bytes that are hashed at once when a file is gone on with. */
const gulp = 4 * 1024 * 1024;

self.addEventListener("message", ({ ports: [tab, engine] }) => {
  if (tab && engine) answerCalls(tab, staging(callBy(engine)), explain);
});

const staging = (engine: Remote): Staging => ({
  async stage({ address, file }, { signal, tell }) {
    const { digest, size } = file;
    const handle = await (await stagingFolder()).getFileHandle(digest, { create: true });
    const disk = await handle.createSyncAccessHandle();
    let right = false;
    try {
      const hash = sha256.create();
      if (disk.getSize() > size) disk.truncate(0);
      const start = disk.getSize();
      for (let at = 0; at < start; at += gulp) {
        const piece = new Uint8Array(Math.min(gulp, start - at));
        disk.read(piece, { at });
        hash.update(piece);
      }
      tell(start);
      const read = patiently(
        async (offset, length, signal) =>
          (await engine.call("read", { address, digest, size, offset, length }, { signal })) as Uint8Array<ArrayBuffer>,
        { offline: 3_600_000, silent: 600_000, nobody: 120_000 },
      );
      let at = start;
      for await (const bytes of readAhead(read, { start, end: size, signal, ahead: 8 })) {
        write(disk, bytes, at);
        hash.update(bytes);
        at += bytes.length;
        // Garbage of this size would be let lie until there is a great deal of it.
        letGo(bytes);
        tell(at);
      }
      right = bytesToHex(hash.digest()) === digest;
      disk.flush();
    } finally {
      disk.close();
    }
    if (right) return;
    await staging(engine).discard(digest);
    throw new EngineError("refused", `${file.path} is not what was announced`, "digest_mismatch");
  },
  async place({ file, into, path }) {
    const names = path.split("/");
    const name = names.pop() ?? "";
    let folder = into;
    for (const each of names) folder = await folder.getDirectoryHandle(each, { create: true });
    const staged = await (await (await stagingFolder()).getFileHandle(file.digest)).getFile();
    const target = await (await folder.getFileHandle(name, { create: true })).createWritable();
    // It takes the place of what was there when all of it is written, and not before.
    await staged.stream().pipeTo(target);
    await staging(engine).discard(file.digest);
  },
  async pack({ files, as }, { signal }) {
    const disk = await (await (await stagingFolder()).getFileHandle(as, { create: true })).createSyncAccessHandle();
    try {
      disk.truncate(0);
      let at = 0;
      const sink = new WritableStream<Uint8Array>({
        write(bytes) {
          write(disk, bytes, at);
          at += bytes.length;
        },
      });
      await makeZip(entriesOf(files)).pipeTo(sink, { signal });
      disk.flush();
      disk.close();
    } catch (error) {
      disk.close();
      await staging(engine).discard(as);
      throw error;
    }
  },
  async discard(name) {
    await (await stagingFolder()).removeEntry(name).catch(() => undefined);
  },
});

/** Staged files as entries of a ZIP, each opened when it is its turn. */
async function* entriesOf(files: Packed["files"]) {
  const folder = await stagingFolder();
  for (const { file, path } of files) {
    const input = await (await folder.getFileHandle(file.digest)).getFile();
    // A ZIP knows no time before 1980.
    yield { input, name: path, lastModified: Math.max(file.modified, Date.UTC(1980, 0, 2)) };
  }
}

/** Writes bytes at a place, or throws `no_room`: Chromium writes what fits and says that it wrote all. */
function write(disk: FileSystemSyncAccessHandle, bytes: Uint8Array, at: number): void {
  disk.write(bytes, { at });
  if (disk.getSize() < at + bytes.length) throw noRoom("only a part of it fits");
}

const stagingFolder = async (): Promise<FileSystemDirectoryHandle> =>
  (await navigator.storage.getDirectory()).getDirectoryHandle("transfers", { create: true });

const noRoom = (message: string): EngineError => new EngineError("refused", message, "no_room");

function explain(error: unknown): EngineError {
  if (error instanceof EngineError) return error;
  if (error instanceof DOMException && error.name === "AbortError") return new EngineError("cancelled", "called off");
  if (error instanceof DOMException && error.name === "QuotaExceededError") {
    return noRoom(error.message);
  }
  return new EngineError("fault", error instanceof Error ? error.message : String(error));
}
