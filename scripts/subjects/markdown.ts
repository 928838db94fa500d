/** The few pieces of Markdown that the page is made of. */

/** A value as it is written in code, also inside a table. */
export const code = (text: string): string => `\`${text.replaceAll("|", "\\|")}\``;

export const table = (heads: readonly string[], rows: readonly (readonly string[])[]): string =>
  [heads, heads.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");

export const block = (lines: readonly string[]): string => ["```ts", ...lines, "```"].join("\n");

/** A sentence without its end, to go on from. */
export const sentence = (text: string): string => (text === "" || /[.:!?]$/.test(text) ? text : `${text}.`);
