/** Reads a file for somebody who looks at it. */
import type { EngineClient } from "../engine/connect.ts";
import type { Content } from "./media-url.ts";
import { patiently } from "./patient.ts";

/** Reads parts of it, and waits for what comes back by itself: a connection for minutes, whoever serves it for one. */
export const lookAt = (engine: EngineClient, { address, digest, size }: Content) =>
  patiently((offset, length, signal) => engine.read({ address, digest, size, offset, length }, { signal }), {
    offline: 300_000,
    silent: 60_000,
    nobody: 60_000,
  });
