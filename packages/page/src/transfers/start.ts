import type { FileEntry } from "@natster/contracts/files";
import { tell } from "../app/notices.ts";
import type { Row } from "../catalog/rows.ts";
import type { Address } from "../engine/api.ts";
import type { EngineClient } from "../engine/connect.ts";
import { explained } from "../i18n/explained.ts";
import { textNow } from "../i18n/spoken.ts";
import { isZip, type Transfer } from "./transfer.ts";
import { add } from "./transfers.ts";

export interface Wanted {
  readonly address: Address;
  readonly title: string;
  /** The folder that is looked at. */
  readonly folder: string;
  /** One file of it, or what was chosen; otherwise all of it. */
  readonly one?: FileEntry;
  readonly chosen?: readonly Row[];
}

/** Entries that every reader of a ZIP can count. */
const mostInZip = 65_535;

/** Begins a download. Several files go into a folder that is chosen first, or into one ZIP where the browser has no such dialogue. */
export async function startTransfer(engine: EngineClient, wanted: Wanted): Promise<void> {
  const { address, folder, title } = wanted;
  try {
    const [only, ...others] = wanted.chosen ?? [];
    const single = wanted.one ?? (only?.kind === "file" && others.length === 0 ? only.file : undefined);
    // Asked at once, since a browser opens such a dialogue only for somebody who has just pressed something.
    const into = single ? undefined : await chooseFolder();
    if (into === null) return;
    const files = single ? [single] : await filesOf(engine, wanted);
    if (files.length === 0) return;
    if (isZip({ into, files }) && files.length > mostInZip) {
      return tell({ tone: "wrong", text: textNow().transfers.tooMany(mostInZip) });
    }
    const name = single ? (single.path.split("/").at(-1) ?? title) : title;
    const id = crypto.randomUUID();
    tell({ tone: "news", text: textNow().transfers.started(name), link: "#/transfers", about: id });
    await add(engine, {
      id,
      address,
      title: name,
      folder,
      files,
      bytes: files.reduce((sum, { size }) => sum + size, 0),
      ...(into && { into }),
      state: "waiting",
      finished: 0,
      done: 0,
      since: Date.now(),
    } satisfies Transfer);
  } catch (error) {
    tell({ tone: "wrong", text: explained(error) });
  }
}

/** The folder to save into; undefined where the browser has no such dialogue, null where it was closed. */
async function chooseFolder(): Promise<FileSystemDirectoryHandle | undefined | null> {
  if (!("showDirectoryPicker" in window)) return undefined;
  const pick = window.showDirectoryPicker as (options: { mode: "readwrite" }) => Promise<FileSystemDirectoryHandle>;
  try {
    return await pick({ mode: "readwrite" });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return null;
    throw error;
  }
}

/** Every file that is meant, those below chosen folders too. */
async function filesOf(engine: EngineClient, { address, folder, chosen }: Wanted): Promise<FileEntry[]> {
  const files: FileEntry[] = [];
  const below = async (path: string) => {
    await engine.list({ address, folder: path, deep: true }, { tell: (part) => void files.push(...part.files) });
  };
  if (!chosen) await below(folder);
  for (const row of chosen ?? []) {
    if (row.kind === "file") files.push(row.file);
    else await below(row.path);
  }
  // Among what a search finds, a folder and a file in it may both be chosen.
  return [...new Map(files.map((file) => [file.path, file])).values()];
}
