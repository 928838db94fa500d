/** A tree of small files, each different. */
import { randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

const fileSize = 4_096;
const inFolder = 500;

/** Makes so many files of 4 KiB, 500 in a folder. */
export function makeTree(root: string, files: number): void {
  const content = Buffer.alloc(fileSize);
  for (let number = 0; number < files; number++) {
    const folder = join(root, `d${Math.floor(number / (inFolder * 20))}`, `e${Math.floor(number / inFolder) % 20}`);
    if (number % inFolder === 0) mkdirSync(folder, { recursive: true });
    randomFillSync(content, 0, 16);
    const file = openSync(join(folder, `file-${number}.txt`), "wx");
    writeSync(file, content);
    closeSync(file);
  }
}
