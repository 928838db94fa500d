import { type Text } from "../i18n/spoken.ts";
import { TextContext } from "../i18n/text.ts";
import css from "./Welcome.module.css";

/** A page that came over plain http from elsewhere: a browser gives it neither keys nor files, so it says what to do. */
export function Insecure({ text }: { readonly text: Text }) {
  const t = text.welcome.insecure;
  return (
    <TextContext value={text}>
      <main className={css.welcome}>
        <h1 className={css.title}>{t.title}</h1>
        <p className={css.lead}>{t.what}</p>
      </main>
    </TextContext>
  );
}
