import { type KeyboardEvent, type ReactNode, useCallback, useLayoutEffect, useRef, useState } from "react";
import css from "./LongList.module.css";
import { scrollFor, windowOf } from "./window.ts";

export interface LongListProps {
  /** Of what it is a list; with another one it begins anew. */
  readonly label: string;
  readonly count: number;
  /** The width that a tile wants, or `list` for one line each. */
  readonly tile: number | "list";
  /** Height of a line of the list. */
  readonly line: number;
  readonly render: (index: number, active: boolean) => ReactNode;
  readonly keyOf: (index: number) => string;
  readonly isSelected: (index: number) => boolean;
  readonly open: (index: number) => void;
  readonly select: (index: number) => void;
  readonly up: () => void;
}

/**
 * A list or a grid of any length: only what is seen is drawn. It holds the focus itself and says which item is active, so
 * that nothing is lost when the item is scrolled out of sight.
 */
export function LongList(props: LongListProps) {
  const { label, count, tile, line, render, keyOf, isSelected } = props;
  const box = useRef<HTMLDivElement>(null);
  const [{ top, height, width }, setSeen] = useState({ top: 0, height: 800, width: 800 });
  const [of, setOf] = useState(label);
  const [active, setActive] = useState(0);
  const columns = tile === "list" ? 1 : Math.max(1, Math.floor(width / tile));
  const lines = Math.ceil(count / columns);
  const at = Math.min(active, count - 1);

  const look = useCallback(() => {
    const { scrollTop, clientHeight, clientWidth } = box.current ?? { scrollTop: 0, clientHeight: 0, clientWidth: 0 };
    setSeen((before) =>
      before.top === scrollTop && before.height === clientHeight && before.width === clientWidth
        ? before
        : { top: scrollTop, height: clientHeight, width: clientWidth },
    );
  }, []);
  // What lies elsewhere is another list, and begins at its first; the focus stays where it is.
  if (of !== label) {
    setOf(label);
    setActive(0);
  }
  // In braces: newer browsers return a promise here, and React would take it for what ends the effect.
  useLayoutEffect(() => {
    box.current?.scrollTo({ top: 0 });
  }, [label]);
  useLayoutEffect(() => {
    const observer = new ResizeObserver(look);
    if (box.current) observer.observe(box.current);
    look();
    return () => observer.disconnect();
  }, [look]);

  const go = (index: number) => {
    const next = Math.max(0, Math.min(count - 1, index));
    setActive(next);
    const to = scrollFor(Math.floor(next / columns), top, height, line);
    if (to !== undefined) box.current?.scrollTo({ top: to });
  };
  const keys: Readonly<Record<string, () => void>> = {
    ArrowDown: () => go(at + columns),
    ArrowUp: () => go(at - columns),
    ArrowRight: () => go(at + 1),
    ArrowLeft: () => go(at - 1),
    PageDown: () => go(at + columns * Math.floor(height / line)),
    PageUp: () => go(at - columns * Math.floor(height / line)),
    Home: () => go(0),
    End: () => go(count - 1),
    Enter: () => props.open(at),
    " ": () => props.select(at),
    Backspace: props.up,
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const key = keys[event.key];
    if (!key || event.target !== event.currentTarget) return;
    event.preventDefault();
    key();
  };

  const { from, to } = windowOf(top, height, line, lines);
  return (
    <div
      ref={box}
      className={`${css.box} ${tile === "list" ? "" : css.tiles}`}
      role="grid"
      aria-label={label}
      aria-rowcount={lines}
      aria-colcount={columns}
      aria-multiselectable="true"
      aria-activedescendant={count > 0 ? `item-${at}` : undefined}
      tabIndex={0}
      onScroll={look}
      onKeyDown={onKeyDown}
    >
      <div className={css.all} role="presentation" style={{ height: lines * line }}>
        {Array.from({ length: to - from }, (_, offset) => {
          const row = from + offset;
          const first = row * columns;
          const cells = Array.from({ length: Math.min(columns, count - first) }, (_, column) => first + column);
          return (
            <div
              key={row}
              role="row"
              aria-rowindex={row + 1}
              className={css.line}
              style={{ top: row * line, height: line, gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }}
            >
              {cells.map((index) => (
                <div
                  key={keyOf(index)}
                  id={`item-${index}`}
                  role="gridcell"
                  aria-selected={isSelected(index)}
                  className={`${css.item} ${index === at ? css.active : ""}`}
                  onClick={() => setActive(index)}
                >
                  {render(index, index === at)}
                </div>
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}
