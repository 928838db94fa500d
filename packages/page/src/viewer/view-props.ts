import type { FileEntry } from "@natster/contracts/files";
import type { Address } from "../engine/api.ts";

/** What a view of one file is given. */
export interface ViewProps {
  readonly address: Address;
  readonly file: FileEntry;
}
