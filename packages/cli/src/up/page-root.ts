/** Where the built page is. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** In the npm package it lies beside the bundle; undefined in a clone, where the service knows it. */
export function pageRoot(): string | undefined {
  const beside = fileURLToPath(new URL("../page", import.meta.url));
  return existsSync(beside) ? beside : undefined;
}
