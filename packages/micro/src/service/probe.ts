/**
 * Lets whoever runs a process ask this one instance how it is: what its health endpoint says, on a Unix socket beside
 * it. A service may say nothing by itself on the platform's subjects, so a second connection of its own could not ask.
 */
import { rm } from "node:fs/promises";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { dirname } from "node:path";
import { json } from "node:stream/consumers";
import { ConfigError } from "./config.ts";
import { Health } from "./health.ts";

/**
 * Answers each connection with what `health` says, and closes it; a socket that was left behind is replaced. Throws
 * `ConfigError` where none can be made there.
 */
export async function answerProbes(path: string, health: () => Promise<Health>): Promise<AsyncDisposable> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    health().then(
      (answer) => socket.end(JSON.stringify(answer)),
      () => socket.destroy(),
    );
  });
  try {
    await rm(path, { force: true });
    server.listen(path);
    await once(server, "listening");
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    const next = `${dirname(path)} has to be a folder that can be written, such as a tmpfs of a container`;
    throw new ConfigError(`cannot start: NATSTER_PROBE: ${why}; ${next}`, { cause });
  }
  return {
    async [Symbol.asyncDispose]() {
      server.close();
      await rm(path, { force: true });
    },
  };
}

/** Asks the instance behind a socket. Rejects where nobody answers, or nothing that makes sense, within this time. */
export async function probe(path: string, milliseconds = 4_000): Promise<Health> {
  const socket = connect(path);
  socket.setTimeout(milliseconds, () => socket.destroy(new Error(`no answer within ${milliseconds} ms`)));
  return Health.parse(await json(socket));
}
