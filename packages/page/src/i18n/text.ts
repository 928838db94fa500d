/** The words of the page, for its components; whoever chooses another language is followed by all of them. */
import { createContext, useContext } from "react";
import { english, type Text } from "./spoken.ts";

export const TextContext = createContext<Text>(english);
export const useText = (): Text => useContext(TextContext);
