/** Which files a page can show, and as what. */
import type { FileEntry } from "@natster/contracts/files";
import type { IconName } from "../app/Icon.tsx";
import type { Row } from "../catalog/rows.ts";

export type Kind = "image" | "video" | "audio" | "pdf" | "markdown" | "text" | "none";

const images = new Set(["png", "jpeg", "gif", "webp", "avif", "svg+xml", "bmp", "x-icon", "vnd.microsoft.icon"]);
const texts =
  /^application\/(?:json|xml|javascript|x-sh|sql|toml|yaml|x-yaml|typescript|x-httpd-php|x-ndjson|rtf)$|\+(?:json|xml)$/;

/** A type without what may follow it, such as `; charset=utf-8`. */
export const plainType = (type: string): string => (type.split(";")[0] ?? "").trim().toLowerCase();

/** As what a file is shown, by its type alone. */
export function kindOf({ type }: Pick<FileEntry, "type">): Kind {
  const plain = plainType(type);
  const [family = "", rest = ""] = plain.split("/");
  if (family === "image") return images.has(rest) ? "image" : "none";
  if (family === "video" || family === "audio") return family;
  if (plain === "application/pdf") return "pdf";
  if (plain === "text/markdown") return "markdown";
  if (family === "text" || texts.test(plain)) return "text";
  return "none";
}

const drawings = {
  image: "image",
  video: "video",
  audio: "audio",
  pdf: "text",
  markdown: "text",
  text: "text",
  none: "file",
} as const satisfies Record<Kind, IconName>;

/** The drawing that stands for it. */
export const drawing = (row: Row): IconName => (row.kind === "folder" ? "folder" : drawings[kindOf(row.file)]);
