import type { AccountKey, CatalogName } from "@natster/contracts";
import { lazy, Suspense, useDeferredValue, useEffect, useMemo, useState } from "react";
import { useEngine, useSession } from "../app/engine-context.ts";
import { Failed } from "../app/Failed.tsx";
import { Icon } from "../app/Icon.tsx";
import { kept } from "../app/kept.ts";
import { Notice } from "../app/Notice.tsx";
import { goTo, linkTo } from "../app/route.ts";
import { useAnswer } from "../app/use-answer.ts";
import type { Address } from "../engine/api.ts";
import { useText } from "../i18n/text.ts";
import { useNames } from "../library/names.ts";
import { look } from "../library/seen.ts";
import { startTransfer } from "../transfers/start.ts";
import css from "./CatalogPage.module.css";
import { Entries } from "./Entries.tsx";
import { folderOf, nameIn, type Order, rowsOf } from "./rows.ts";
import { useListing } from "./use-listing.ts";

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
  useLooking(owner, address);

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
  return (
    <div className={css.page}>
      <header className={css.head}>
        <Crumbs owner={owner} catalog={catalog} folder={folder} at={at} />
        <p className={css.sum} role="status">
          {search.trim() !== "" && listed.complete
            ? t.catalog.found(rows.length)
            : listed.complete
              ? t.catalog.items(rows.length - files.length, files.length)
              : t.loading}
        </p>
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
      {listed.error !== undefined && <Failed error={listed.error} again={again} />}
      {listed.complete && rows.length === 0 && listed.error === undefined ? (
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
            complete={listed.complete}
            show={go}
            close={() => go(folder === "" ? "" : `${folder}/`)}
          />
        </Suspense>
      )}
    </div>
  );
}

/** Notes that somebody looks into a catalog, at the revision that it has now. */
function useLooking(owner: string, address: Address): void {
  const session = useSession();
  const self = "device" in session ? session.device.account : undefined;
  const account = owner === "me" ? self : address.owner;
  const [row] = useAnswer({
    key: `${account}/${address.catalog}`,
    ask: (engine) =>
      account === undefined
        ? Promise.resolve(undefined)
        : engine.ask("library", "catalog", { owner: account, catalog: address.catalog }),
    concerns: (notice) => notice.kind === "presence" && notice.catalog === address.catalog,
  });
  const revision = row.state === "there" ? row.value?.revision : undefined;
  useEffect(() => {
    if (account !== undefined) look(account, address.catalog, revision);
  }, [account, address, revision]);
}

interface CrumbsProps {
  readonly owner: string;
  readonly catalog: string;
  readonly folder: string;
  readonly at: (path: string) => string;
}

/** The folders above, each a link; the last is where one is. */
function Crumbs({ owner, catalog, folder, at }: CrumbsProps) {
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
