import { encodeQR } from "qr";
import { useMemo } from "react";
import css from "./QrCode.module.css";

/** A text as a QR code: dark on light in either theme, since that is what every camera reads. */
export function QrCode({ text, label }: { readonly text: string; readonly label: string }) {
  const rows = useMemo(() => encodeQR(text, "raw", { ecc: "low", border: 3 }), [text]);
  const squares = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return (
    <svg
      className={css.qr}
      viewBox={`0 0 ${rows.length} ${rows.length}`}
      shapeRendering="crispEdges"
      role="img"
      aria-label={label}
    >
      <path d={squares.join("")} />
    </svg>
  );
}
