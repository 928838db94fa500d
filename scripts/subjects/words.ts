/** The words that shapes above are made of: every schema that has a name. */
import { commentOn, names } from "./contracts.ts";
import { block } from "./markdown.ts";
import { spell } from "./shape.ts";

export const words = (): string =>
  [
    "## Words",
    "The names in the shapes above. Whatever becomes a token of a subject or a key admits only characters that are safe there.",
    block(
      [...names]
        .toSorted(([, one], [, other]) => (one < other ? -1 : 1))
        .flatMap(([schema, name]) => {
          const comment = commentOn(name);
          return [...(comment ? [`// ${comment}`] : []), `${name} = ${spell(schema, names)}`, ""];
        })
        .slice(0, -1),
    ),
  ].join("\n\n");
