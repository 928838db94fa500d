/** A thread that hashes files, one after the other. */
import { parentPort } from "node:worker_threads";
import { hashFile } from "./hash-file.ts";

parentPort?.on("message", (path: string) => {
  parentPort?.postMessage(hashFile(path));
});
