import type { Catalog, Presence, Share } from "@natster/contracts/library";
import { linkTo } from "../app/route.ts";
import { useText } from "../i18n/text.ts";
import css from "./LibraryPage.module.css";
import { useUnseen } from "./seen.ts";

/** A catalog of one's own, and one that somebody shares; each with whether it is served. */
export type Mine = Catalog & Presence;
export type Theirs = Share & Presence;

interface CardProps {
  readonly owner: string;
  readonly seenAs: string;
  readonly row: Mine | Theirs;
  readonly quiet: string;
  readonly children?: React.ReactNode;
}

/** A catalog in the library. */
export function Card({ owner, seenAs, row: { catalog, online, revision }, quiet, children }: CardProps) {
  const t = useText().library;
  const unseen = useUnseen();
  return (
    <li className={css.card}>
      <a href={linkTo({ at: "catalog", owner, catalog, path: "" })}>
        <span className={css.title}>
          <Dot online={online} />
          <strong>{catalog}</strong>
          {owner !== "me" && unseen(seenAs, catalog, revision) && <b className={css.fresh}>{t.fresh}</b>}
        </span>
        <span className={css.quiet}>{quiet || "\u00A0"}</span>
      </a>
      {children}
    </li>
  );
}

/** Whether a catalog is served now. */
export function Dot({ online }: { readonly online: boolean }) {
  const t = useText().library;
  return (
    <span
      role="img"
      aria-label={online ? t.online : t.offline}
      title={online ? t.online : t.offline}
      className={`${css.dot} ${online ? css.online : ""}`}
    />
  );
}
