/** The page's side of its service worker: reads what is asked for, at the pace at which it is taken. */
import type { EngineClient } from "../engine/connect.ts";
import type { MediaPull, MediaPush, MediaQuestion } from "./ask.ts";
import { lookAt } from "./look-at.ts";
import { readAhead } from "./read-ahead.ts";
import { tellTrouble } from "./troubles.ts";

/** Answers the questions of the service worker for as long as the page is open. */
export function answerMedia(engine: EngineClient): void {
  navigator.serviceWorker.addEventListener("message", ({ data, ports }: MessageEvent<MediaQuestion>) => {
    if (data.kind === "media" && ports[0]) give(engine, data, ports[0]);
  });
  navigator.serviceWorker.startMessages();
}

function give(engine: EngineClient, { medium, range }: MediaQuestion, port: MessagePort): void {
  const stop = new AbortController();
  const parts = readAhead(lookAt(engine, medium), { ...range, signal: stop.signal });
  const say = (push: MediaPush) => port.postMessage(push, push instanceof Uint8Array ? [push.buffer] : []);

  port.addEventListener("message", ({ data }: MessageEvent<MediaPull>) => {
    if (data === "enough") {
      stop.abort();
      port.close();
    } else {
      parts.next().then(
        ({ value, done }) => say(done ? "end" : value),
        (error: unknown) => {
          say({ failed: String(error) });
          if (!stop.signal.aborted) tellTrouble(medium.digest, error);
        },
      );
    }
  });
  port.start();
}
