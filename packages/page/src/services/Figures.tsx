import type { ReactNode } from "react";
import css from "./Figures.module.css";

export interface Figure {
  readonly label: string;
  readonly value: ReactNode;
  readonly tone?: "wrong" | "warning" | undefined;
}

/** Figures with their names, in one row that wraps. */
export function Figures({ figures }: { readonly figures: readonly Figure[] }) {
  return (
    <dl className={css.figures}>
      {figures.map(({ label, value, tone }) => (
        <div key={label} className={css.figure}>
          <dt>{label}</dt>
          <dd className={tone && css[tone]}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
