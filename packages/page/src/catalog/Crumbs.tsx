import type { AccountKey } from "@natster/contracts";
import { useMemo } from "react";
import { linkTo } from "../app/route.ts";
import { useText } from "../i18n/text.ts";
import { useNames } from "../library/names.ts";
import css from "./CatalogPage.module.css";

interface CrumbsProps {
  readonly owner: string;
  readonly catalog: string;
  readonly folder: string;
  readonly at: (path: string) => string;
}

/** The folders above, each a link; the last is where one is. */
export function Crumbs({ owner, catalog, folder, at }: CrumbsProps) {
  const t = useText();
  const name = useNames(useMemo(() => (owner === "me" ? [] : [owner as AccountKey]), [owner]));
  const steps = folder === "" ? [] : folder.split("/");
  return (
    <nav className={css.crumbs} aria-label={t.catalog.path}>
      <ol>
        <li>
          <a href={linkTo({ at: "library" })}>{owner === "me" ? t.library.mine : name(owner as AccountKey)}</a>
        </li>
        <li>{steps.length > 0 ? <a href={at("")}>{catalog}</a> : <h1>{catalog}</h1>}</li>
        {steps.map((step, index) => (
          <li key={steps.slice(0, index + 1).join("/")}>
            {index === steps.length - 1 ? (
              <h1>
                <bdi>{step}</bdi>
              </h1>
            ) : (
              <a href={at(`${steps.slice(0, index + 1).join("/")}/`)}>
                <bdi>{step}</bdi>
              </a>
            )}
          </li>
        ))}
      </ol>
    </nav>
  );
}
