/** What is to be done for one file, as data: a plan is written down, and carried out from there. */
import { FileEntry } from "@natster/contracts/files";
import * as z from "zod";

const Fetch = z.strictObject({ path: z.string(), entry: FileEntry });
/** Whether a file that was put there before makes room for it. */
const replaces = z.literal(true).optional();

/** By the file's path in the folder. */
export const Step = z.discriminatedUnion("do", [
  Fetch.extend({ do: z.literal("download"), replaces }),
  /** `from` is another file of the folder with the same content. */
  Fetch.extend({ do: z.literal("copy"), from: z.string(), replaces }),
  /** What is there is not what was put there, and stays; the catalog's may have changed as well, or be gone. */
  z.strictObject({ do: z.literal("keep"), path: z.string(), changed: z.enum(["here", "both", "gone"]) }),
  /** It has a name that must not or cannot be written here. */
  z.strictObject({ do: z.literal("refuse"), path: z.string(), why: z.string() }),
  z.strictObject({ do: z.literal("delete"), path: z.string() }),
]);
export type Step = Readonly<z.infer<typeof Step>>;

/** Whether the content is in its place already, and only has to be remembered. */
export const isThere = (step: Step): boolean => step.do === "copy" && step.from === step.path;
