/** A thread that looks at files, one batch after the other. */
import { parentPort } from "node:worker_threads";
import { look, type Looking } from "./look.ts";

parentPort?.on("message", (looking: Looking) => {
  parentPort?.postMessage(look(looking, { bytes: 32 * 1024 * 1024, must: true }));
});
