/** Progress: a bar where somebody looks at a terminal, and a plain line for each file elsewhere. */
import stringWidth from "string-width";
import { clean } from "./clean.ts";
import { cut } from "./table.ts";
import type { Ui } from "./ui.ts";
import { counted, duration, size } from "./words.ts";

/** How far a transfer is. */
export interface Far {
  readonly files: number;
  readonly bytes: number;
  /** Of these, what was there when it began: it says nothing of how fast the rest comes. */
  readonly resumed?: number;
}

/** Shows how far a transfer is, until it is disposed of. */
export interface Progress extends Disposable {
  readonly far: Far;
  readonly total: Far;
  update(far: Far): void;
  /** A file has come, or has not. */
  file(line: string): void;
}

const often = 100;

/** Begins to show a transfer of so many files and bytes. */
export function showProgress(ui: Ui, total: Far): Progress {
  const began = performance.now();
  let drawn = Number.NEGATIVE_INFINITY;
  let far: Far = { files: 0, bytes: 0 };
  const draw = () => ui.draw(lineOf(far, total, performance.now() - began, process.stderr.columns));
  return {
    get far() {
      return far;
    },
    total,
    update(next) {
      far = next;
      if (!ui.errTerminal || performance.now() - drawn < often) return;
      drawn = performance.now();
      draw();
    },
    file(line) {
      if (!ui.errTerminal) ui.note(clean(line));
    },
    [Symbol.dispose]() {
      if (ui.errTerminal) ui.draw("");
    },
  };
}

/** Says what is being done while somebody looks and waits for longer than a moment, until it is disposed of. */
export function showDoing(ui: Ui, doing: string): Disposable {
  const draw = () => ui.errTerminal && ui.draw(cut(`${doing} …`, process.stderr.columns - 1));
  const timer = setTimeout(draw, 3 * often);
  return {
    [Symbol.dispose]() {
      clearTimeout(timer);
      if (ui.errTerminal) ui.draw("");
    },
  };
}

/** How long nothing is said of what is waited for. Milliseconds. */
const patience = 5_000;

/** Says what is waited for where that takes long, and what is after it, until it is disposed of. */
export function sayWaiting(
  first: string,
  tell: (what: string) => void,
): Disposable & { readonly now: (what: string) => void } {
  let [what, said] = [first, ""];
  const timer = setInterval(() => {
    if (what !== said) tell(`waiting for ${(said = what)}`);
  }, patience);
  return {
    now: (next) => void (what = next),
    [Symbol.dispose]: () => clearInterval(timer),
  };
}

/** Shows how many of something are done, where somebody looks, until it is disposed of. */
export function showCount(ui: Ui, many: string): Disposable & { readonly update: (done: number, of: number) => void } {
  let drawn = Number.NEGATIVE_INFINITY;
  return {
    update(done, of) {
      if (!ui.errTerminal || performance.now() - drawn < often) return;
      drawn = performance.now();
      ui.draw(`${done.toLocaleString("en")} of ${of.toLocaleString("en")} ${many}`);
    },
    [Symbol.dispose]() {
      if (ui.errTerminal) ui.draw("");
    },
  };
}

/**
 * One line: a bar, how much, how fast, how long still, and how many files; what does not fit is left out. Bytes that were
 * there before it began are not counted as fast.
 */
export function lineOf(far: Far, total: Far, milliseconds: number, columns = 80): string {
  const part = total.bytes === 0 ? 1 : Math.min(1, far.bytes / total.bytes);
  const rate = (far.bytes - (far.resumed ?? 0)) / Math.max(0.001, milliseconds / 1_000);
  const left = rate > 0 ? (total.bytes - far.bytes) / rate : Number.POSITIVE_INFINITY;
  const facts = [
    `${Math.floor(part * 100)} %`.padStart(5),
    size(far.bytes),
    `${size(rate)}/s`,
    `${duration(left)} left`,
    `${far.files}/${counted(total.files, "file")}`,
  ];
  const width = Math.max(20, columns - 1);
  while (facts.length > 1 && stringWidth(facts.join("  ")) + 12 > width) facts.pop();
  const words = facts.join("  ");
  const room = Math.min(30, width - stringWidth(words) - 2);
  const full = Math.round(part * room);
  return cut(`${"█".repeat(full)}${"░".repeat(Math.max(0, room - full))} ${words}`, width);
}
