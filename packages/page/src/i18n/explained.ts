import { EngineError } from "../engine/engine-error.ts";
import { textNow } from "./spoken.ts";

/** What went wrong, in the words of the page: what happened, and what to do. */
export function explained(error: unknown): string {
  const { trouble, reasons } = textNow();
  if (!(error instanceof EngineError))
    return `${trouble.fault} (${error instanceof Error ? error.message : String(error)})`;
  const known = error.reason === undefined ? undefined : reasons[error.reason];
  if (known) return known;
  return error.trouble === "refused" || error.trouble === "fault"
    ? `${trouble[error.trouble]}: ${error.message}`
    : trouble[error.trouble];
}
