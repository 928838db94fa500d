/** The service worker of this page: there when somebody wants to look at something. */
import type { EngineClient } from "../engine/connect.ts";
import { scriptUrl } from "../trusted.ts";
import { answerMedia } from "./answer-media.ts";

let ready: Promise<boolean> | undefined;

/** Resolves when the service worker answers for this page, with whether there is one at all. */
export function mediaReady(engine: EngineClient): Promise<boolean> {
  ready ??= register(engine);
  return ready;
}

async function register(engine: EngineClient): Promise<boolean> {
  const workers = navigator.serviceWorker;
  // Some private modes have none.
  if (!workers) return false;
  answerMedia(engine);
  await workers.register(scriptUrl(new URL("service-worker.js", document.baseURI)), { type: "module" });
  const { active } = await workers.ready;
  if (!workers.controller) {
    const controlled = new Promise((resolve) => {
      workers.addEventListener("controllerchange", resolve, { once: true });
    });
    // After a forced reload the page is nobody's, although the worker is there.
    active?.postMessage("claim");
    await controlled;
  }
  return true;
}
