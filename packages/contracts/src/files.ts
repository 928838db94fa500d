/** Files: what a catalog holds, read by ranges straight from the machine where it is. */
import * as z from "zod";
import { defineService, sealed } from "./define.ts";
import { Bytes, CatalogName, Digest, InstanceId, PageSize, SignedText } from "./vocabulary.ts";

/** The largest range that one read returns: half of nats-server's default payload, headers included. */
export const maxRange = 512 * 1024;

/** How many files are read whole in one request, at the most; together they are no larger than the largest range. */
export const mostTogether = 128;

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

/** What people say of a file, in a line or a few. */
export const Description = z
  .string()
  .min(1)
  .max(512)
  .refine((text) => !/[^\P{Cc}\n]/u.test(text), "no control characters but line breaks")
  .brand<"Description">();
export type Description = z.infer<typeof Description>;

/** One file of a catalog. */
export const FileEntry = z.strictObject({
  path: FilePath,
  size: z.int().nonnegative(),
  /** Milliseconds since 1970. */
  modified: z.number(),
  type: z.string(),
  digest: Digest,
  /** What its owner says of it, in the catalog's manifest. */
  description: Description.optional(),
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

/** Why no session is opened. Each is decided by what the account keys of both sides signed. */
export const openErrors = {
  malformed: 400,
  /** For another owner or catalog, or for another purpose. */
  misdirected: 421,
  device_refused: 403,
  signature_wrong: 403,
  clock_differs: 422,
  account_differs: 403,
  grant_refused: 403,
  not_shared: 403,
  role_wrong: 403,
  revoked: 403,
} as const;

/** The first thing that is said under a session's keys. */
export const Welcome = z.strictObject({ revision: z.int().nonnegative(), maxRange: z.int().positive() });
export type Welcome = z.infer<typeof Welcome>;

/** Why something is refused inside of a session. */
export const InnerRefusal = z.strictObject({ reason: z.string(), message: z.string() });

const revision = z.int().nonnegative();

export const files = defineService({
  name: "file-server",
  version: "0.2.0",
  description: "Lists and reads the files of a catalog, beside the files",
  runsIn: "person",
  endpoints: {
    open: {
      subject: "files.{catalog}.open",
      summary: "Open a session with whichever instance serves the catalog",
      params: inCatalog,
      request: SignedText,
      reply: SignedText,
      errors: openErrors,
    },
    openHere: {
      subject: "files.{catalog}.{instance}.open",
      summary: "Open a session with this instance",
      params: atInstance,
      request: SignedText,
      reply: SignedText,
      errors: openErrors,
    },
    list: sealed({
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
    }),
    read: sealed({
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
    }),
    readMany: sealed({
      subject: "files.{catalog}.{instance}.readmany",
      summary: "Read several small files whole; what cannot be read now is left out, and `read` says why",
      params: atInstance,
      request: z.strictObject({ digests: z.array(Digest).min(1).max(mostTogether) }),
      /** For each digest in turn: four bytes of length, big-endian, and the content; all ones where it is left out. */
      reply: Bytes,
      errors: {},
    }),
    watch: sealed({
      subject: "files.{catalog}.{instance}.watch",
      summary: "Wait until the revision is another than `since`, for at most a minute; the index says what changed",
      params: atInstance,
      request: z.strictObject({ since: revision, seconds: z.int().min(1).max(60).default(30) }),
      reply: z.strictObject({ revision }),
      errors: {},
    }),
  },
});

/** The endpoints of a file-server that are asked under seal. */
export type SealedVerb = "list" | "read" | "readMany" | "watch";
