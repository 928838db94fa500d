import type { ReactNode } from "react";
import css from "./Frame.module.css";
import mark from "./mark.svg";

export interface FrameProps {
  /** At the right of the header. */
  readonly aside?: ReactNode;
  readonly foot?: ReactNode;
  readonly children: ReactNode;
}

/** What stands around everything: the product's name above, and a quiet line below. */
export function Frame({ aside, foot, children }: FrameProps) {
  return (
    <div className={css.frame}>
      <header className={css.header}>
        <img className={css.mark} src={mark} alt="" width="28" height="28" />
        <span className={css.name}>Natster</span>
        <div className={css.aside}>{aside}</div>
      </header>
      <main className={css.main}>{children}</main>
      {foot && <footer className={css.foot}>{foot}</footer>}
    </div>
  );
}
