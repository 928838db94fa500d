import { moment } from "../i18n/format.ts";
import css from "./InstanceList.module.css";
import type { InstanceView } from "./overview.ts";

/** Which processes the figures come from. */
export function InstanceList({ instances }: { readonly instances: readonly InstanceView[] }) {
  return (
    <div className={css.instances}>
      <h3 className={css.title}>{instances.length === 1 ? "Instance" : "Instances"}</h3>
      <ul className={css.list}>
        {instances.map(({ id, started, silent }) => (
          <li key={id}>
            <code>{id}</code>
            <span className={silent ? css.silent : css.since}>
              {silent ? "silent" : started !== undefined && `since ${moment(started)}`}
            </span>
          </li>
        ))}
      </ul>
      {instances.length > 1 && (
        <p className={css.note}>
          p50, p95 and p99 are those of the slowest instance, all other figures those of all together.
        </p>
      )}
    </div>
  );
}
