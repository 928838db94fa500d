/** A log file that does not grow for ever. */
import { renameSync, rmSync, statSync } from "node:fs";
import { destination } from "pino";

export interface RollingOptions {
  /** Bytes after which a new file is begun; 10 MiB unless given. */
  readonly size?: number;
  /** How many full files are kept beside it, as `.1` to `.n`, the youngest first; 3 unless given. */
  readonly keep?: number;
}

/** Where a log is written, line by line, each as it comes: what a crash left unsaid could not be read. */
export function rollingFile(path: string, { size = 10 * 1024 * 1024, keep = 3 }: RollingOptions = {}) {
  const file = destination({ dest: path, mode: 0o600, mkdir: true, sync: true });
  let written = statSync(path).size;
  return {
    write(line: string): void {
      file.write(line);
      written += Buffer.byteLength(line);
      if (written < size) return;
      rmSync(`${path}.${keep}`, { force: true });
      for (let number = keep - 1; number >= 1; number--) moveIfThere(`${path}.${number}`, `${path}.${number + 1}`);
      if (keep > 0) renameSync(path, `${path}.1`);
      else rmSync(path);
      file.reopen();
      written = 0;
    },
  };
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
