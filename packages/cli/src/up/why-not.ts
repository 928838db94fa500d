/** Why a system did not start, for people. */
import { NatsServerNotFoundError, NatsServerStartError, NatsServerUnusableError } from "@natster/nats-server";
import {
  DirectoryInUseError,
  DirectoryTooNewError,
  DirectoryTooOldError,
  StartTimeoutError,
} from "@natster/standalone";
import { Failure } from "../failure.ts";

/** Says of an error of the start what to do about it; others stay as they are. */
export function whyNot(error: unknown, directory: string): unknown {
  if (error instanceof DirectoryInUseError) {
    const { holder } = error;
    const where = holder?.page === undefined ? "" : `; its page is ${holder.page}`;
    return new Failure(`a system already runs in ${directory}${holder ? ` (process ${holder.pid})` : ""}${where}`, {
      next: "natster status, or: natster down",
    });
  }
  if (error instanceof DirectoryTooOldError) {
    return new Failure(error.message, { next: "natster up --dir ANOTHER, or the Natster that wrote it" });
  }
  if (error instanceof DirectoryTooNewError) {
    return new Failure(error.message, { next: "install the newer Natster, or name another folder with --dir" });
  }
  if (error instanceof StartTimeoutError) {
    return new Failure("the system did not start", { cause: error, next: `less ${directory}/natster.log` });
  }
  if (error instanceof NatsServerStartError) {
    const taken = /address already in use/.test(error.log);
    return new Failure("nats-server did not start", {
      cause: new Error(taken ? "another program listens on one of its ports" : lastLineOf(error)),
      next: `less ${directory}/nats/nats-server.log`,
    });
  }
  if (error instanceof NatsServerNotFoundError || error instanceof NatsServerUnusableError) {
    return new Failure(error.message, { next: "natster doctor" });
  }
  return error;
}

const lastLineOf = ({ log, message }: NatsServerStartError): string => log.split("\n").at(-1) || message;
