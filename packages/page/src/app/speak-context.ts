import { createContext } from "react";
import type { Text } from "../i18n/spoken.ts";

/** Takes in the words of another language, once they are loaded. */
export const SpeakContext = createContext<(text: Text) => void>(() => undefined);
