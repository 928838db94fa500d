/** Text that came from somebody else, made harmless for a terminal. */

/**
 * Names of files and people may hold anything: what would move the cursor, change colours or turn the direction of
 * writing is shown as what it is.
 */
export const clean = (text: string): string =>
  text.replace(
    /[\p{Cc}\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ""}}`,
  );
