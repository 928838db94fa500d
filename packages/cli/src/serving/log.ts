/** The log of serving in the foreground. */
import { join } from "node:path";
import { rollingFile } from "@natster/standalone/log";
import type { Context } from "../context/context.ts";

/** A file in the context, turned over when it is full. */
export const rollingLog = ({ directory }: Context) => rollingFile(join(directory, "serving.log"));
