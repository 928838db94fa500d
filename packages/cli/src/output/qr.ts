/** QR codes in a terminal. */
import { encodeQR } from "qr";
import type { Ui } from "./ui.ts";

/** Draws a text as a QR code, two rows a line, where somebody looks at it and it has room; tells whether it did. */
export function showQr(ui: Ui, text: string): boolean {
  const rows = encodeQR(text, "raw", { ecc: "low", border: 2 });
  const width = rows[0]?.length ?? 0;
  if (!ui.terminal || ui.quiet || width > ui.columns) return false;
  for (let at = 0; at < rows.length; at += 2) {
    const [upper = [], lower = []] = [rows[at], rows[at + 1]];
    // Where both are light, nothing is drawn: dark on light is what every camera reads.
    const line = upper.map((dark, column) => blocks[(dark ? 2 : 0) + (lower[column] ? 1 : 0)]).join("");
    ui.out(ui.style(["black", "bgWhite"], line));
  }
  return true;
}

const blocks = [" ", "▄", "▀", "█"] as const;
