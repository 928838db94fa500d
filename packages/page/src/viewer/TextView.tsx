import { size } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { Trouble } from "./Trouble.tsx";
import { mostShown, useTextOf } from "./use-text-of.ts";
import type { ViewProps } from "./view-props.ts";
import css from "./Viewer.module.css";

/** Text, as it is. */
export function TextView(props: ViewProps) {
  const t = useText();
  const held = useTextOf(props);
  if (held.state === "waiting") return <p role="status">{t.loading}</p>;
  if (held.state === "failed") return <Trouble address={props.address} {...held} />;
  return (
    <div className={css.paper} tabIndex={0} role="document">
      <pre className={css.text}>{held.text}</pre>
      {held.shortened && <p className={css.note}>{t.viewer.shortened(size(mostShown))}</p>}
    </div>
  );
}
