/** Logs: structured lines for people and machines, a quiet service at rest, and never a secret. */
import { type DestinationStream, type Logger, pino } from "pino";

export type { Logger } from "pino";

/** Seeds of NATS keys and JWTs, wherever in a line they stand. */
const secrets = /\bS[AOUX][A-Z2-7]{56}\b|\beyJ[\w-]{10,}\.[\w-]+\.[\w-]+/g;

/** Blanks what must never be logged. */
export const redact = (line: string): string => line.replace(secrets, "[redacted]");

/**
 * Makes a logger. Every line passes `redact` as it is written, so that no call can log a seed or a token, however deep
 * in an error it hides.
 */
export const createLog = (name: string, level = "info", destination?: DestinationStream): Logger =>
  pino(
    { name, level, base: { name }, hooks: { streamWrite: redact } },
    destination ?? pino.destination({ fd: 2, sync: true }),
  );

/** A logger that says nothing. */
export const silentLog = (): Logger => pino({ level: "silent" });
