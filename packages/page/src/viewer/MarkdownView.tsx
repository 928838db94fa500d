import Markdown, { type Components } from "react-markdown";
import gfm from "remark-gfm";
import { size } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { Trouble } from "./Trouble.tsx";
import { mostShown, useTextOf } from "./use-text-of.ts";
import type { ViewProps } from "./view-props.ts";
import css from "./Viewer.module.css";

/**
 * Markdown, as it is meant. It becomes elements and never markup: HTML in it is left out, and links lead out of the page
 * only when somebody follows them.
 */
export function MarkdownView(props: ViewProps) {
  const t = useText();
  const held = useTextOf(props);
  if (held.state === "waiting") return <p role="status">{t.loading}</p>;
  if (held.state === "failed") return <Trouble address={props.address} {...held} />;
  const components: Components = {
    // A picture from elsewhere would tell its server who reads this.
    img: ({ alt }) => <em>{alt || t.viewer.elsewhere}</em>,
    a: ({ href, children }) =>
      /^https?:/.test(href ?? "") ? (
        <a href={href} target="_blank" rel="noreferrer noopener">
          {children}
        </a>
      ) : (
        <span>{children}</span>
      ),
  };
  return (
    <div className={css.paper} tabIndex={0} role="document">
      <div className={css.markdown}>
        <Markdown remarkPlugins={[gfm]} skipHtml components={components}>
          {held.text}
        </Markdown>
      </div>
      {held.shortened && <p className={css.note}>{t.viewer.shortened(size(mostShown))}</p>}
    </div>
  );
}
