import type { AccountKey, CatalogName } from "@natster/contracts";
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useState } from "react";
import { useEngine } from "../app/engine-context.ts";
import { Failed } from "../app/Failed.tsx";
import { Icon } from "../app/Icon.tsx";
import { kept } from "../app/kept.ts";
import { Notice } from "../app/Notice.tsx";
import { goTo, linkTo } from "../app/route.ts";
import type { Address } from "../engine/api.ts";
import { EngineError } from "../engine/engine-error.ts";
import { useText } from "../i18n/text.ts";
import { startTransfer } from "../transfers/start.ts";
import css from "./CatalogPage.module.css";
import { Crumbs } from "./Crumbs.tsx";
import { Entries } from "./Entries.tsx";
import { folderOf, nameIn, type Order, rowsOf } from "./rows.ts";
import { useListing } from "./use-listing.ts";
import { useLooking } from "./use-looking.ts";

const Viewer = lazy(async () => ({ default: (await import("../viewer/Viewer.tsx")).Viewer }));

export interface CatalogPageProps {
  /** An account, or `me`. */
  readonly owner: string;
  readonly catalog: string;
  /** A folder, with a slash at its end, or a file. */
  readonly path: string;
}

/** One folder of a catalog, and the file of it that is looked at. */
export function CatalogPage({ owner, catalog, path }: CatalogPageProps) {
  const t = useText();
  const engine = useEngine();
  const address = useMemo((): Address => {
    const name = catalog as CatalogName;
    return owner === "me" ? { catalog: name } : { catalog: name, owner: owner as AccountKey };
  }, [owner, catalog]);
  const folder = path.endsWith("/") ? path.slice(0, -1) : folderOf(path);
  const viewed = path === "" || path.endsWith("/") ? undefined : path;
  const description = useLooking(owner, address);

  const [search, setSearch] = useState("");
  const [order, setOrder] = useState<Order>({ by: "name", down: false });
  const [view, setView] = useState(() => (kept.view.get() === "grid" ? "grid" : "list"));
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [listed, again] = useListing(address, folder, useDeferredValue(search.trim()));
  const rows = useMemo(() => rowsOf(listed.folders, listed.files, order), [listed, order]);
  useEffect(() => setSelected(new Set()), [folder, search]);

  const at = (to: string) => linkTo({ at: "catalog", owner, catalog, path: to });
  const go = (to: string) => goTo({ at: "catalog", owner, catalog, path: to });
  const choose = (next: "list" | "grid") => {
    setView(next);
    kept.view.set(next);
  };
  const toggle = (one: string) =>
    setSelected((before) => new Set(before.has(one) ? [...before].filter((each) => each !== one) : [...before, one]));
  const download = () =>
    startTransfer(engine, {
      address,
      folder,
      title: nameIn(folder) || catalog,
      ...(selected.size > 0 && { chosen: rows.filter((row) => selected.has(row.path)) }),
    });

  const files = rows.filter((row) => row.kind === "file");
  // That its owner is away is nothing that went wrong.
  const isAway = rows.length === 0 && listed.error instanceof EngineError && listed.error.trouble === "nobody";
  return (
    <div className={css.page}>
      <header className={css.head}>
        <Crumbs owner={owner} catalog={catalog} folder={folder} at={at} />
        <p className={css.sum} role="status">
          {isAway
            ? ""
            : search.trim() !== "" && listed.complete
              ? t.catalog.found(rows.length)
              : listed.complete
                ? t.catalog.items(rows.length - files.length, files.length)
                : t.loading}
        </p>
        {description !== undefined && folder === "" && <p className={css.description}>{description}</p>}
        <div className={css.tools}>
          <label className={css.search}>
            <Icon name="search" />
            <input
              type="search"
              value={search}
              placeholder={t.catalog.search}
              aria-label={t.catalog.search}
              onChange={({ target }) => setSearch(target.value)}
            />
          </label>
          <span className={css.views} role="group">
            {(["list", "grid"] as const).map((each) => (
              <button
                key={each}
                type="button"
                aria-pressed={view === each}
                aria-label={t.catalog[each]}
                title={t.catalog[each]}
                onClick={() => choose(each)}
              >
                <Icon name={each} />
              </button>
            ))}
          </span>
          <button type="button" className="button" disabled={rows.length === 0} onClick={() => void download()}>
            <Icon name="transfers" />
            {selected.size > 0
              ? `${t.catalog.download} (${t.catalog.selected(selected.size)})`
              : t.catalog.downloadFolder}
          </button>
        </div>
      </header>
      {listed.error !== undefined && !isAway && <Failed error={listed.error} again={again} />}
      {isAway && (
        <Notice title={t.catalog.away}>
          <p>{t.catalog.awayHow}</p>
        </Notice>
      )}
      {isAway ? null : listed.complete && rows.length === 0 && listed.error === undefined ? (
        <Notice title={search.trim() !== "" ? t.catalog.nothing : folder === "" ? t.catalog.empty : t.catalog.gone}>
          {folder !== "" && search.trim() === "" && (
            <p>
              {t.catalog.goneHow} <a href={at("")}>{t.catalog.toTop}</a>
            </p>
          )}
        </Notice>
      ) : (
        <Entries
          label={`${catalog}/${folder}`}
          address={address}
          rows={rows}
          busy={!listed.complete && rows.length === 0}
          view={view === "grid" ? "grid" : "list"}
          withFolders={search.trim() !== ""}
          order={order}
          sort={setOrder}
          selected={selected}
          toggle={toggle}
          linkOf={(row) => at(row.kind === "folder" ? `${row.path}/` : row.path)}
          open={(row) => go(row.kind === "folder" ? `${row.path}/` : row.path)}
          up={() => folder !== "" && go(folderOf(folder) === "" ? "" : `${folderOf(folder)}/`)}
        />
      )}
      {viewed !== undefined && (
        <Suspense fallback={null}>
          <Viewer
            address={address}
            path={viewed}
            files={files.map(({ file }) => file)}
            complete={listed.complete && listed.error === undefined}
            show={go}
            close={() => go(folder === "" ? "" : `${folder}/`)}
          />
        </Suspense>
      )}
    </div>
  );
}
