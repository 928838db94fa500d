import { Icon } from "../app/Icon.tsx";
import type { Address } from "../engine/api.ts";
import { moment, size } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { drawing } from "../viewer/kinds.ts";
import css from "./Entries.module.css";
import { LongList } from "./LongList.tsx";
import { folderOf, type Order, type Row, type SortBy } from "./rows.ts";
import { Thumbnail } from "./Thumbnail.tsx";

export interface EntriesProps {
  readonly label: string;
  readonly address: Address;
  readonly rows: readonly Row[];
  /** Whether none of them has come yet. */
  readonly busy: boolean;
  readonly view: "list" | "grid";
  /** Whether each says in which folder it is. */
  readonly withFolders: boolean;
  readonly order: Order;
  readonly sort: (order: Order) => void;
  readonly selected: ReadonlySet<string>;
  readonly toggle: (path: string) => void;
  readonly linkOf: (row: Row) => string;
  readonly open: (row: Row) => void;
  readonly up: () => void;
}

/** What is in a folder, as a list or as a grid. */
export function Entries(props: EntriesProps) {
  const { rows, busy, view, label, selected } = props;
  const item = (index: number, then: (row: Row) => void) => {
    const row = rows[index];
    if (row) then(row);
  };
  const isSelected = (index: number) => selected.has(rows[index]?.path ?? "");
  return (
    <div className={css.entries} aria-busy={busy}>
      {view === "list" && <Heads order={props.order} sort={props.sort} />}
      <LongList
        label={label}
        count={rows.length}
        tile={view === "list" ? "list" : 168}
        line={view === "list" ? 44 : 184}
        keyOf={(index) => rows[index]?.path ?? ""}
        isSelected={isSelected}
        open={(index) => item(index, props.open)}
        select={(index) => item(index, ({ path }) => props.toggle(path))}
        up={props.up}
        render={(index) => {
          const row = rows[index];
          if (!row) return null;
          const shared = {
            row,
            link: props.linkOf(row),
            selected: isSelected(index),
            toggle: () => props.toggle(row.path),
          };
          return view === "list" ? (
            <Line {...shared} withFolder={props.withFolders} />
          ) : (
            <Tile {...shared} address={props.address} />
          );
        }}
      />
    </div>
  );
}

function Heads({ order, sort }: Pick<EntriesProps, "order" | "sort">) {
  const t = useText().catalog;
  const head = (by: SortBy) => (
    <button
      type="button"
      className={css[by]}
      aria-pressed={order.by === by}
      onClick={() => sort({ by, down: order.by === by ? !order.down : by !== "name" })}
    >
      {t[by]}
      <span aria-hidden="true">{order.by === by ? (order.down ? " ↓" : " ↑") : ""}</span>
    </button>
  );
  return (
    <div className={css.heads}>
      {head("name")}
      {head("size")}
      {head("modified")}
    </div>
  );
}

interface ItemProps {
  readonly row: Row;
  readonly link: string;
  readonly selected: boolean;
  readonly toggle: () => void;
}

/** The list holds the focus; what is in it is for the pointer. */
function Check({ row, selected, toggle }: ItemProps) {
  const t = useText().catalog;
  return (
    <input
      type="checkbox"
      className={css.check}
      tabIndex={-1}
      checked={selected}
      aria-label={t.select(row.name)}
      onChange={toggle}
    />
  );
}

function Line({ withFolder, ...item }: ItemProps & { readonly withFolder: boolean }) {
  const { row, link } = item;
  const t = useText();
  return (
    <div className={css.row}>
      <Check {...item} />
      <a href={link} tabIndex={-1} className={css.link}>
        <span className={css.icon}>
          <Icon name={drawing(row)} size={20} />
        </span>
        <span className={css.text}>
          <bdi title={row.name}>{row.name}</bdi>
          {withFolder && folderOf(row.path) !== "" && (
            <small>
              <bdi>{folderOf(row.path)}</bdi>
            </small>
          )}
        </span>
      </a>
      <span className={css.size}>{size(row.size)}</span>
      <span className={css.modified}>
        {row.kind === "file" ? moment(row.file.modified) : t.catalog.items(0, row.folder.files)}
      </span>
    </div>
  );
}

function Tile({ address, ...item }: ItemProps & { readonly address: Address }) {
  const { row, link } = item;
  return (
    <div className={css.tile}>
      <Check {...item} />
      <a href={link} tabIndex={-1}>
        <span className={css.picture}>
          {row.kind === "file" ? (
            <Thumbnail address={address} file={row.file} fallback={drawing(row)} />
          ) : (
            <Icon name="folder" size={44} />
          )}
        </span>
        <span className={css.caption} title={row.name}>
          <bdi>{row.name}</bdi>
        </span>
      </a>
    </div>
  );
}
