import type { InstanceId } from "@natster/contracts";
import { type files, maxRange } from "@natster/contracts/files";
import type { FolderIndex } from "@natster/files/index";
import type { Handler } from "@natster/micro";

/** Tells a reader whom to ask from now on. */
export const open =
  (index: FolderIndex, instance: InstanceId): Handler<typeof files, "open"> =>
  () => ({ instance, revision: index.revision, maxRange });
