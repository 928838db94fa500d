/** The thread that keeps an index. */
import { parentPort, workerData } from "node:worker_threads";
import { Indexer } from "./indexer.ts";
import type { FromIndexer, IndexerStart, ToIndexer } from "./index-thread.ts";

const { options, now }: IndexerStart = workerData;
const tell = (said: FromIndexer) => parentPort?.postMessage(said);
const indexer = new Indexer(
  options,
  {
    onRevision: (revision) => tell({ is: "revision", revision }),
    onProgress: (progress) => tell({ is: "progress", progress }),
    onTrouble: (error) => tell({ is: "trouble", error }),
  },
  now === undefined ? Date.now : () => now,
);

const work = {
  rescan: () => indexer.rescan(),
  look: ({ path = "" }: ToIndexer) => indexer.look([path]),
  close: () => indexer[Symbol.asyncDispose](),
};

parentPort?.on("message", (asked: ToIndexer) => {
  const { id } = asked;
  work[asked.do](asked).then(
    (result) => {
      tell({ is: "done", id, result });
      if (asked.do === "close") parentPort?.close();
    },
    (error: unknown) => tell({ is: "failed", id, error }),
  );
});
