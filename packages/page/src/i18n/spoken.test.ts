import { expect, test } from "vitest";
import { de } from "./de.ts";
import { en } from "./en.ts";
import { localeOf, wantedLanguage } from "./spoken.ts";

test.each([
  [null, ["de-AT", "en"], "de"],
  [null, ["fr", "en-GB"], "en"],
  [null, ["fr"], "en"],
  ["en", ["de"], "en"],
  ["tlh", ["de"], "de"],
])("who chose %s and prefers %j reads %s", (chosen, preferred, language) => {
  expect(wantedLanguage(chosen, preferred)).toBe(language);
});

test.each([
  ["en", ["de-AT", "en-GB", "en-US"], "en-GB"],
  ["en", ["de-AT"], "en"],
  ["de", ["en-GB", "de-CH"], "de-CH"],
] as const)("%s where %j is preferred is written as in %s", (language, preferred, locale) => {
  expect(localeOf(language, preferred)).toBe(locale);
});

test("every language says everything, and nothing twice in English", () => {
  const said = (words: object, path = ""): string[] =>
    Object.entries(words).flatMap(([key, value]) =>
      typeof value === "object" && value !== null ? said(value, `${path}${key}.`) : [`${path}${key}`],
    );
  expect(said(de).toSorted()).toEqual(said(en).toSorted());
});
