/** Before the first test of containers: what they are made from. */
import type { TestProject } from "vitest/node";
import { openImages } from "./images.ts";

declare module "vitest" {
  export interface ProvidedContext {
    /** The command that reads compose.yaml. */
    compose: readonly string[];
  }
}

export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const engine = await openImages();
  provide("compose", engine.compose);
  return async () => engine[Symbol.asyncDispose]();
}
