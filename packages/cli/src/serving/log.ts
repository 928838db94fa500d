/** Where serving says what it does. */
import { join } from "node:path";
import { holderOf } from "@natster/standalone/lock";
import { rollingFile } from "@natster/standalone/log";
import type { Context } from "../context/context.ts";

/** A file in the context, turned over when it is full. */
export const rollingLog = ({ directory }: Context) => rollingFile(ownLog(directory));

/** The log of whatever serves this machine's folders now: of `natster up` where that runs, else of the context. */
export const logOfServing = async ({ directory, system }: Context): Promise<string> =>
  system !== undefined && (await holderOf(system)) ? join(system, "natster.log") : ownLog(directory);

const ownLog = (directory: string): string => join(directory, "serving.log");
