/** Reads a file for somebody who looks at it. */
import type { Digest } from "@natster/contracts";
import type { Address } from "../engine/api.ts";
import type { EngineClient } from "../engine/connect.ts";
import { patiently } from "./patient.ts";

/** A file's content, wherever it is. */
export interface Content {
  readonly address: Address;
  readonly digest: Digest;
  readonly size: number;
}

/** Reads parts of it, and waits for what comes back by itself: a connection for minutes, whoever serves it for one. */
export const lookAt = (engine: EngineClient, { address, digest, size }: Content) =>
  patiently((offset, length, signal) => engine.read({ address, digest, size, offset, length }, { signal }), {
    offline: 300_000,
    silent: 60_000,
    nobody: 60_000,
  });
