/** Files: what a catalog holds, read by ranges straight from the machine where it is. */
import * as z from "zod";
import { defineService } from "./define.ts";
import { Bytes, CatalogName, Digest, InstanceId, PageSize } from "./vocabulary.ts";

/** The largest range that one read returns: half of nats-server's default payload, headers included. */
export const maxRange = 512 * 1024;

/** The path of a file inside its catalog: relative, `/` between folders, no step up. */
export const FilePath = z
  .string()
  .min(1)
  .max(4096)
  .refine(
    (path) => !path.includes("\0") && path.split("/").every((name) => name !== "" && name !== "." && name !== ".."),
    "a relative path without empty, '.' or '..' steps",
  )
  .brand<"FilePath">();
export type FilePath = z.infer<typeof FilePath>;

/** One file of a catalog. */
export const FileEntry = z.strictObject({
  path: FilePath,
  size: z.int().nonnegative(),
  /** Milliseconds since 1970. */
  modified: z.number(),
  type: z.string(),
  digest: Digest,
});
export type FileEntry = z.infer<typeof FileEntry>;

/** A folder of a catalog, as one line of a listing. */
export const FolderEntry = z.strictObject({
  path: FilePath,
  /** How many files are in it and below it, and their bytes together. */
  files: z.int().positive(),
  bytes: z.int().nonnegative(),
  /** The instance's revision when something in it or below it last changed. */
  revision: z.int().nonnegative(),
});
export type FolderEntry = z.infer<typeof FolderEntry>;

/** Where a page ended: the path of its last file, or that of a folder and `/`. Holds while things come and go. */
export const ListCursor = z.string().min(1).max(4097);

const inCatalog = z.strictObject({ catalog: CatalogName });
const atInstance = inCatalog.extend({ instance: InstanceId });

export const files = defineService({
  name: "file-server",
  version: "0.1.0",
  description: "Lists and reads the files of a catalog, beside the files",
  runsIn: "person",
  endpoints: {
    open: {
      subject: "files.{catalog}.open",
      summary: "Find an instance that serves the catalog",
      params: inCatalog,
      request: z.strictObject({}),
      reply: z.strictObject({ instance: InstanceId, revision: z.int().nonnegative(), maxRange: z.int().positive() }),
      errors: {},
    },
    list: {
      subject: "files.{catalog}.{instance}.list",
      summary: "List files by folder and name, or what lies directly in a folder, in pages",
      params: atInstance,
      request: z.strictObject({
        /** Only what is in this folder or below it; everything where it is left out. */
        folder: FilePath.optional(),
        /** Only what lies directly there: its sub-folders, one line each, and then its files. */
        shallow: z.boolean().optional(),
        /** Only what has this in its name, in whatever case and Unicode form. */
        name: z.string().min(1).max(256).optional(),
        /** Only files of this type, such as `image/png`, or `image/` for all of that kind. */
        type: z.string().min(1).max(256).optional(),
        after: ListCursor.optional(),
        limit: PageSize.optional(),
      }),
      reply: z.strictObject({
        folders: z.array(FolderEntry),
        entries: z.array(FileEntry),
        revision: z.int().nonnegative(),
        /** What to ask after for the next page; left out on the last. A page before it may be empty: a search goes on. */
        next: ListCursor.optional(),
      }),
      errors: {},
    },
    read: {
      subject: "files.{catalog}.{instance}.read",
      summary: "Read a range of a file's content",
      params: atInstance,
      request: z.strictObject({
        digest: Digest,
        offset: z.int().nonnegative(),
        length: z.int().min(1).max(maxRange),
      }),
      reply: Bytes,
      errors: { file_unknown: 404, changed: 409, range_outside: 416 },
    },
  },
});
