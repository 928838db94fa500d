import { useText } from "../i18n/text.ts";
import { Icon } from "./Icon.tsx";
import { dismiss, useNotices } from "./notices.ts";
import css from "./Notices.module.css";

/** What was told last, in a corner; heard at once by those who do not see it. */
export function Notices() {
  const notices = useNotices();
  const t = useText();
  return (
    <section className={css.notices} aria-label={t.notices.label} role="log" aria-live="polite">
      {notices.map(({ id, tone, text, link }) => (
        <div key={id} className={`${css.notice} ${css[tone]}`}>
          {link ? (
            <a href={link} onClick={() => dismiss(id)}>
              {text}
            </a>
          ) : (
            <p>{text}</p>
          )}
          <button type="button" aria-label={t.notices.dismiss} onClick={() => dismiss(id)}>
            <Icon name="close" />
          </button>
        </div>
      ))}
    </section>
  );
}
