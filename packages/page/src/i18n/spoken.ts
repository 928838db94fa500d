/** The words of the page, in the language of whoever reads it. One mechanism: a value of words for each language. */
import { en } from "./en.ts";
import type { Words } from "./en.ts";

/** The languages that there are, each by its own name. */
export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

/** Words, and the language that numbers and dates are written in. */
export interface Text extends Words {
  readonly spoken: Language;
}

export const english: Text = { ...en, spoken: "en" };
let now = english;

/** The words as they are now, for what is no component. */
export const textNow = (): Text => now;

/** Which language somebody wants: what was chosen here, or the browser's first that there is. */
export function wantedLanguage(chosen: string | null, preferred: readonly string[]): Language {
  const wanted = [chosen ?? "", ...preferred].map((each) => each.slice(0, 2).toLowerCase());
  return wanted.find((each): each is Language => each in languages) ?? "en";
}

/** How somebody writes numbers and dates in a language: as in their own part of the world, where the browser names one. */
export const localeOf = (language: Language, preferred: readonly string[]): string =>
  preferred.find((each) => each.slice(0, 2).toLowerCase() === language) ?? language;

/** Loads a language; from then on it is the one that is spoken. */
export async function speak(language: Language): Promise<Text> {
  const words = language === "de" ? (await import("./de.ts")).de : en;
  now = { ...words, spoken: language };
  document.documentElement.lang = language;
  return now;
}
