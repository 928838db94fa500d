import { useRef } from "react";
import { useText } from "../i18n/text.ts";
import css from "./Ask.module.css";

export interface AskProps {
  readonly label: string;
  readonly question: string;
  readonly yes: () => void;
  readonly className?: string | undefined;
}

/** A button for what cannot be undone: it asks once more, in a dialogue of the browser's own kind. */
export function Ask({ label, question, yes, className = "quiet" }: AskProps) {
  const t = useText();
  const dialog = useRef<HTMLDialogElement>(null);
  return (
    <>
      <button type="button" className={className} onClick={() => dialog.current?.showModal()}>
        {label}
      </button>
      <dialog ref={dialog} className={css.dialog} aria-label={question}>
        <p>{question}</p>
        <p className="buttons">
          <button type="button" className="button" onClick={() => dialog.current?.close()}>
            {t.cancel}
          </button>
          <button
            type="button"
            className="button danger"
            onClick={() => {
              dialog.current?.close();
              yes();
            }}
          >
            {label}
          </button>
        </p>
      </dialog>
    </>
  );
}
