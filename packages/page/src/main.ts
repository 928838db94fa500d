// oxlint-disable import/no-unassigned-import -- it is there for what it does
import "./theme/base.css";
import { kept } from "./app/kept.ts";
import { takeLink } from "./device/link.ts";
import { connectEngine } from "./engine/connect.ts";
import { speak, wantedLanguage } from "./i18n/spoken.ts";

// What takes long is begun at once, each beside the others: the engine, what draws, and the words.
const drawing = import("./app/begin.tsx");
const speaking = speak(wantedLanguage(kept.language.get(), navigator.languages));

if (isSecureContext) {
  // What the link holds is read and out of the address before anything else can go wrong.
  const link = takeLink();
  const engine = connectEngine();
  const [{ draw }, text] = await Promise.all([drawing, speaking]);
  draw(engine, link, text);
} else {
  const [{ drawInsecure }, text] = await Promise.all([drawing, speaking]);
  drawInsecure(text);
}
