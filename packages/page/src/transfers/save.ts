/** Handing over: a file that is complete and right becomes one of the browser's own downloads. */
import type { Savable } from "./transfer.ts";

/** Saves what is staged under its name, where the browser saves downloads. It is not copied through memory. */
export async function saveStaged({ staged, name }: Savable): Promise<void> {
  const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle("transfers");
  saveAs(await (await folder.getFileHandle(staged)).getFile(), name);
}

/** Saves something under a name, where the browser saves downloads. */
export function saveAs(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser takes it up at once, and reads it for as long as it needs.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
