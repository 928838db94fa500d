import { useMemo } from "react";
import { useText } from "../i18n/text.ts";
import { readSchema, type Shape } from "./shape.ts";
import css from "./SchemaView.module.css";

/** What a message must look like: for people, and below it as the JSON Schema that it is. */
export function SchemaView({ title, schema }: { readonly title: string; readonly schema: string }) {
  const words = useText().schema;
  const shape = useMemo(() => readSchema(schema, words), [schema, words]);
  if (!schema) return null;
  return (
    <section className={css.view}>
      <h4 className={css.title}>{title}</h4>
      {shape ? <ShapeView shape={shape} /> : <p className={css.note}>{schema}</p>}
      {shape && (
        <details className={css.raw}>
          <summary>JSON Schema</summary>
          <pre tabIndex={0}>{JSON.stringify(JSON.parse(schema), null, 2)}</pre>
        </details>
      )}
    </section>
  );
}

function ShapeView({ shape }: { readonly shape: Shape }) {
  const { kind, notes, parts } = shape;
  return (
    <>
      {(parts.length === 0 || kind !== "object") && <p className={css.alone}>{kind}</p>}
      {shape.name === "" && notes.length > 0 && <p className={css.note}>{notes.join(" · ")}</p>}
      {parts.length > 0 && <Parts parts={parts} />}
    </>
  );
}

function Parts({ parts }: { readonly parts: readonly Shape[] }) {
  const t = useText().schema;
  return (
    <ul className={css.parts}>
      {parts.map((part, at) => (
        <li key={`${at} ${part.name}`}>
          <p className={css.part}>
            {part.name && <code className={css.name}>{part.name}</code>}
            <span className={css.kind}>{part.kind}</span>
            {part.optional && <span className={css.optional}>{t.optional}</span>}
          </p>
          {part.notes.length > 0 && <p className={css.note}>{part.notes.join(" · ")}</p>}
          {part.parts.length > 0 && <Parts parts={part.parts} />}
        </li>
      ))}
    </ul>
  );
}
