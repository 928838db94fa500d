import { useEngine } from "../app/engine-context.ts";
import { Icon } from "../app/Icon.tsx";
import { Notice } from "../app/Notice.tsx";
import { size } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { saveStaged } from "./save.ts";
import { isOver, savableOf, type Transfer } from "./transfer.ts";
import { pause, remove, run } from "./transfers.ts";
import css from "./TransfersPage.module.css";
import { useRate } from "./use-rate.ts";
import { useTransfers } from "./use-transfers.ts";

/** The downloads of this browser. */
export function TransfersPage() {
  const t = useText().transfers;
  const engine = useEngine();
  const list = useTransfers();
  const over = list.filter(isOver);
  return (
    <>
      <header className="head">
        <h1>{t.title}</h1>
        {over.length > 0 && (
          <button type="button" className="button" onClick={() => over.forEach(({ id }) => void remove(engine, id))}>
            {t.clearAll}
          </button>
        )}
      </header>
      {list.length === 0 ? (
        <Notice title={t.nothing}>{null}</Notice>
      ) : (
        <ul className={css.list}>
          {list.map((transfer) => (
            <Item key={transfer.id} transfer={transfer} />
          ))}
        </ul>
      )}
    </>
  );
}

function Item({ transfer }: { readonly transfer: Transfer }) {
  const t = useText().transfers;
  const engine = useEngine();
  const { id, title, state, done, bytes, files, why, finished } = transfer;
  const rate = useRate(done, state === "running");
  const said = {
    waiting: t.waiting,
    running: finished === files.length ? t.packing : rate === undefined ? "…" : `${size(rate)}/s`,
    paused: t.paused,
    ready: t.ready,
    done: t.done,
    failed: why ?? t.failed,
  }[state];
  const savable = savableOf(transfer);
  return (
    <li className={css.transfer}>
      <div className={css.about}>
        <strong>
          <bdi>{title}</bdi>
        </strong>
        <span className={state === "failed" ? css.wrong : css.quiet}>
          {files.length > 1 && `${t.files(files.length)} · `}
          {t.of(size(done), size(bytes))} · {said}
        </span>
      </div>
      <progress max={Math.max(1, bytes)} value={bytes === 0 && state === "done" ? 1 : done} aria-label={title} />
      <span className={css.buttons}>
        {(state === "running" || state === "waiting") && (
          <button type="button" aria-label={`${t.pause}: ${title}`} title={t.pause} onClick={() => void pause(id)}>
            <Icon name="pause" />
          </button>
        )}
        {(state === "paused" || state === "failed") && (
          <button
            type="button"
            aria-label={`${t.resume}: ${title}`}
            title={t.resume}
            onClick={() => void resume(transfer).then((may) => may && run(engine, id))}
          >
            <Icon name="play" />
          </button>
        )}
        {state === "done" && savable && (
          <button
            type="button"
            aria-label={`${t.save}: ${title}`}
            title={t.save}
            onClick={() => void saveStaged(savable)}
          >
            <Icon name="transfers" />
          </button>
        )}
        <button
          type="button"
          aria-label={`${isOver(transfer) ? t.clear : t.cancel}: ${title}`}
          title={isOver(transfer) ? t.clear : t.cancel}
          onClick={() => void remove(engine, id)}
        >
          <Icon name="close" />
        </button>
      </span>
    </li>
  );
}

/** Whether the folder is still open to this page; after a reload the browser asks once more. */
async function resume({ into }: Transfer): Promise<boolean> {
  if (!into || !("requestPermission" in into)) return true;
  const ask = into.requestPermission as (options: { mode: "readwrite" }) => Promise<PermissionState>;
  return (await ask.call(into, { mode: "readwrite" })) === "granted";
}
