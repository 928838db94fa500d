/** Why a log was not backed up or restored, for people. */
import { BackupDamagedError, LogGapError } from "@natster/micro/backup";
import { LogNotEmptyError, ServicesRunningError } from "@natster/micro/restore";
import { DirectoryInUseError, NoInstallationError, NoLogError } from "@natster/standalone";
import { Failure } from "../failure.ts";

/** Waits for one of the two. Throws `Failure` with what to do about an error that is known. */
export async function sayOfLog<T>(doing: Promise<T>, file: string): Promise<T> {
  try {
    return await doing;
  } catch (error) {
    const next = nextOf(error);
    if (next === undefined || !(error instanceof Error)) throw error;
    throw error instanceof BackupDamagedError
      ? new Failure(`${file} is damaged`, { cause: error, next })
      : new Failure(error.message, { next });
  }
}

function nextOf(error: unknown): string | undefined {
  if (error instanceof DirectoryInUseError) return "natster down, and the same again";
  if (error instanceof NoInstallationError) return "natster operator restore FILE, which brings back the keys";
  if (error instanceof NoLogError) return "the same with --server URL, where its nats-servers are";
  if (error instanceof BackupDamagedError) return "another backup; nothing was changed";
  if (error instanceof LogNotEmptyError) return "--dir ANOTHER, restored from the same operator; nothing was changed";
  if (error instanceof ServicesRunningError) return "stop the services, and the same again";
  if (error instanceof LogGapError) return "natster ops status, and an older backup: the disk lost something";
  return undefined;
}
