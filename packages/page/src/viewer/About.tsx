import type { FileEntry } from "@natster/contracts/files";
import { moment, size } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import css from "./About.module.css";

/** What is known of a file besides its content: the most of it in a line, and all of it where somebody asks. */
export function About({ file }: { readonly file: FileEntry }) {
  const t = useText().viewer.info;
  const { description, digest, modified, path, type } = file;
  const facts = [
    [t.path, path],
    [t.type, type],
    [t.size, size(file.size)],
    [t.modified, moment(modified)],
    [t.digest, digest],
  ] as const;
  return (
    <details className={css.about}>
      <summary title={t.more}>{[size(file.size), moment(modified), description].filter(Boolean).join(" · ")}</summary>
      <dl>
        {facts.map(([name, fact]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{fact}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
