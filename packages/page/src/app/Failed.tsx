import { explained } from "../i18n/explained.ts";
import { useText } from "../i18n/text.ts";
import css from "./Failed.module.css";

/** What went wrong in place of what one came for, and the way on. */
export function Failed({ error, again }: { readonly error: unknown; readonly again: () => void }) {
  const t = useText();
  return (
    <div className={css.failed} role="alert">
      <p>{explained(error)}</p>
      <button type="button" className="button" onClick={again}>
        {t.again}
      </button>
    </div>
  );
}
