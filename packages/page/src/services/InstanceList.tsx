import { moment } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import css from "./InstanceList.module.css";
import type { InstanceView } from "./overview.ts";

/** Which processes the figures come from. */
export function InstanceList({ instances }: { readonly instances: readonly InstanceView[] }) {
  const t = useText().services;
  return (
    <div className={css.instances}>
      <h3 className={css.title}>{instances.length === 1 ? t.instance : t.instances}</h3>
      <ul className={css.list}>
        {instances.map(({ id, started, silent }) => (
          <li key={id}>
            <code>{id}</code>
            <span className={silent ? css.silent : css.since}>
              {silent ? t.silent : started !== undefined && t.since(moment(started))}
            </span>
          </li>
        ))}
      </ul>
      {instances.length > 1 && <p className={css.note}>{t.slowest}</p>}
    </div>
  );
}
