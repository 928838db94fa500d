/** What goes wrong for every file alike. */
import { NobodyAnswersError } from "@natster/micro/client";
import { ClosedConnectionError, DrainingConnectionError } from "@nats-io/nats-core";
import { StalledError } from "../route.ts";
import { NotAdmittedError, UntrustedInstanceError } from "../session-link.ts";

/** Whether a download of many files has no use in going on. */
export const endsAll = (error: unknown): boolean =>
  [
    NobodyAnswersError,
    NotAdmittedError,
    UntrustedInstanceError,
    StalledError,
    ClosedConnectionError,
    DrainingConnectionError,
  ].some((kind) => error instanceof kind);
