import type { ReactNode } from "react";
import css from "./Notice.module.css";

/** Something to say in place of what one came for. */
export function Notice({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section className={css.notice} role="status">
      <h1 className={css.title}>{title}</h1>
      {children}
    </section>
  );
}
