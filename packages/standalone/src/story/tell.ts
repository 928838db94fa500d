/** How the story is told: one calm line a step, with its time; colour only on a terminal that wants it. */
import { styleText } from "node:util";

/** Somebody to tell. */
export interface Teller {
  title(text: string): void;
  /** Tells what is happening while it happens, on a terminal, and what happened, with its time, when it has. */
  step<T>(doing: string, work: () => Promise<{ told: string; result: T }>): Promise<T>;
  /** Something that takes long enough to be mentioned. */
  aside(text: string): void;
  note(text: string): void;
}

type Stream = Pick<NodeJS.WriteStream, "write" | "isTTY">;

export function createTeller(out: Stream = process.stdout): Teller {
  const styled = (format: Parameters<typeof styleText>[0], text: string) =>
    out.isTTY && !process.env["NO_COLOR"] ? styleText(format, text, { validateStream: false }) : text;
  const line = (text: string) => out.write(`${text}\n`);
  const clear = () => out.isTTY && out.write("\r\u001B[K");

  return {
    title: (text) => line(`\n  ${styled("bold", text)}\n`),
    aside: (text) => line(`    ${styled("dim", text)}`),
    note: line,
    async step(doing, work) {
      if (out.isTTY) out.write(`  ${styled("dim", `· ${doing} …`)}`);
      const started = performance.now();
      try {
        const { told, result } = await work();
        clear();
        line(`  ${styled("green", "✓")} ${told}  ${styled("dim", duration(performance.now() - started))}`);
        return result;
      } catch (error) {
        clear();
        line(`  ${styled("red", "✗")} ${doing}`);
        throw error;
      }
    },
  };
}

/** A duration in words: milliseconds below a second, seconds above. */
export const duration = (ms: number): string => (ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`);

/** A size in words. */
export function size(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1_000 ** power).toFixed(power > 1 ? 1 : 0)} ${units[power] ?? ""}`;
}
