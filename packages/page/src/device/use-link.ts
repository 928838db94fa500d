import { useEffect, useState } from "react";
import type { Link } from "./link.ts";
import { takeLink } from "./take-link.ts";

/** The link that counts: the one the page was opened with, until another is opened in its place, or it is let go. */
export function useLink(first: Link): readonly [link: Link, letGo: () => void] {
  const [link, setLink] = useState(first);
  useEffect(() => {
    const changed = () => {
      const next = takeLink();
      if (next.state !== "none") setLink(next);
    };
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  return [link, () => setLink({ state: "none" })];
}
