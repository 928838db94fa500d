import { spark } from "./spark.ts";
import css from "./Sparkline.module.css";

const size = { width: 120, height: 28, places: 60 };

/** The last two minutes of a rate, at a glance; the figure itself stands beside it. */
export function Sparkline({
  numbers,
  className = "",
}: {
  readonly numbers: readonly number[];
  readonly className?: string | undefined;
}) {
  const { line, area } = spark(numbers, size);
  return (
    <svg
      className={`${css.spark} ${className}`}
      viewBox={`0 0 ${size.width} ${size.height}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path className={css.ground} d={`M0 ${size.height - 1}H${size.width}`} />
      <path className={css.area} d={area} />
      <path className={css.line} d={line} />
    </svg>
  );
}
