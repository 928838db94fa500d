/** Serving: the process that serves the folders of one machine, asked by the owner's other devices there. */
import * as z from "zod";
import { defineService } from "./define.ts";
import { CatalogName } from "./vocabulary.ts";

/** Tells one machine of an account from another; made at random when an account first comes to a machine. */
export const MachineId = z
  .string()
  .regex(/^[0-9a-f]{16}$/)
  .brand<"MachineId">();
export type MachineId = z.infer<typeof MachineId>;

/** How a catalog stands in a serving process. */
export const ServedState = z.strictObject({
  catalog: CatalogName,
  /** Why it is not served; left out where it is. */
  reason: z.string().optional(),
  files: z.int().nonnegative(),
  /** How many things in the folder are not in it: what is no file, leads out of it, or cannot be read. */
  leftOut: z.int().nonnegative(),
});
export type ServedState = z.infer<typeof ServedState>;

/**
 * Which folders are served stands in a file of the machine and in no request: nobody can make a machine serve a folder
 * from afar, whatever keys they hold.
 */
export const serving = defineService({
  name: "serving",
  version: "0.1.0",
  description: "Serves the folders of one machine, as that machine's own list of them says",
  runsIn: "person",
  endpoints: {
    refresh: {
      subject: "serving.{machine}.refresh",
      summary: "Read again which folders of this machine are to be served, and say how each stands",
      params: z.strictObject({ machine: MachineId }),
      request: z.strictObject({}),
      reply: z.strictObject({ served: z.array(ServedState) }),
      errors: {},
    },
  },
});
