/**
 * The file that a log is backed up to: lines of JSON, one for each event in the log's order, between a line that says
 * what it is and one that closes it with a count and a digest. Anybody can read it, with any tool.
 */
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import * as z from "zod";

/** A backup that is not whole, or not as it was written; the message says what is wrong and where. */
export class BackupDamagedError extends Error {
  override readonly name = "BackupDamagedError";
}

/** An event of the log, byte for byte. */
export interface BackedUp {
  readonly seq: number;
  readonly subject: string;
  /** When the log took it in, ISO 8601. */
  readonly time: string;
  readonly data: Uint8Array;
}

/** What a whole backup holds. */
export interface BackupSummary {
  readonly events: number;
  /** SHA-256 of everything before the last line, in hexadecimal. */
  readonly sha256: string;
}

const Header = z.strictObject({ backup: z.literal("natster log"), format: z.literal(1), taken: z.iso.datetime() });
const Place = { seq: z.int().min(1), subject: z.string().regex(/^events\.[^\s*>]+$/), time: z.iso.datetime() };
const Line = z.union([
  /** What is JSON as we write it stands there as JSON, and everything else as bytes. */
  z.strictObject({ ...Place, event: z.json() }),
  z.strictObject({ ...Place, base64: z.base64() }),
]);
const End = z.strictObject({ events: z.int().min(0), sha256: z.hex().length(64) });

const utf8 = new TextDecoder("utf-8", { fatal: true });

export const headerLine = (taken: Date): string =>
  line({ backup: "natster log", format: 1, taken: taken.toISOString() } satisfies z.infer<typeof Header>);

export function eventLine({ data, ...place }: BackedUp): string {
  const event = asJson(data);
  return line(event === undefined ? { ...place, base64: Buffer.from(data).toString("base64") } : { ...place, event });
}

export const endLine = (summary: BackupSummary): string => line(summary);

/** Checks a whole backup and hands on each of its events. Throws `BackupDamagedError`; memory stays flat. */
export async function readBackup(
  path: string,
  take: (event: BackedUp) => Promise<void> | void = () => undefined,
): Promise<BackupSummary> {
  await using file = await open(path);
  const digest = createHash("sha256");
  let number = 0;
  let events = 0;
  let end: BackupSummary | undefined;
  for await (const text of file.readLines({ encoding: "utf8" })) {
    number++;
    const at = `line ${number}`;
    if (end) throw new BackupDamagedError(`${at}: something follows the end`);
    const value = parsed(text, at);
    if (number === 1) {
      if (!Header.safeParse(value).success) throw new BackupDamagedError(`${at}: this is no backup of a log`);
    } else {
      const closing = End.safeParse(value);
      if (closing.success) {
        end = closing.data;
        continue;
      }
      const event = eventIn(value, at);
      if (event.seq !== ++events)
        throw new BackupDamagedError(`${at}: event ${event.seq} stands where ${events} belongs`);
      await take(event);
    }
    digest.update(`${text}\n`);
  }
  if (!end) throw new BackupDamagedError(`it ends at line ${number} without saying so: a part is missing`);
  if (end.events !== events) throw new BackupDamagedError(`it holds ${events} events and says ${end.events}`);
  const sha256 = digest.digest("hex");
  if (end.sha256 !== sha256) throw new BackupDamagedError("its digest is another than it says: something was changed");
  return { events, sha256 };
}

function eventIn(value: unknown, at: string): BackedUp {
  const checked = Line.safeParse(value);
  if (!checked.success) throw new BackupDamagedError(`${at}: this is no event of a log`);
  const { seq, subject, time } = checked.data;
  const data =
    "event" in checked.data
      ? Buffer.from(JSON.stringify(checked.data.event))
      : Buffer.from(checked.data.base64, "base64");
  return { seq, subject, time, data };
}

/** The value of bytes that are exactly what writing it as JSON makes; undefined for all others. */
function asJson(data: Uint8Array): unknown {
  try {
    const text = utf8.decode(data);
    const value: unknown = JSON.parse(text);
    return JSON.stringify(value) === text ? value : undefined;
  } catch {
    return undefined;
  }
}

function parsed(text: string, at: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new BackupDamagedError(`${at}: this is not JSON`);
  }
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;
