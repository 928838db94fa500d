import { useState } from "react";
import { useText } from "../i18n/text.ts";
import css from "./PassOn.module.css";
import { QrCode } from "./QrCode.tsx";

export interface PassOnProps {
  readonly link: string;
  /** What it is, and for how long. */
  readonly label: string;
}

/** A link for somebody else: to be copied, scanned, or typed as the code that stands in it. */
export function PassOn({ link, label }: PassOnProps) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const copy = () => navigator.clipboard.writeText(link).then(() => setCopied(true));
  return (
    <div className={css.passOn}>
      <QrCode text={link} label={t.passOn.qr} />
      <div className={css.words}>
        <p>{label}</p>
        <p className={css.link}>
          <input readOnly value={link} aria-label={label} onFocus={({ target }) => target.select()} />
          <button type="button" className="button" onClick={() => void copy()}>
            {copied ? t.copied : t.copy}
          </button>
        </p>
        <p className="quiet">
          {t.passOn.typed} <code>{link.slice(link.indexOf("=") + 1)}</code>
        </p>
      </div>
    </div>
  );
}
