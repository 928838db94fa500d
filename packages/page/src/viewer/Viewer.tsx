import type { FileEntry } from "@natster/contracts/files";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { Boundary } from "../app/Boundary.tsx";
import { useEngine } from "../app/engine-context.ts";
import { Icon } from "../app/Icon.tsx";
import { nameIn } from "../catalog/rows.ts";
import type { Address } from "../engine/api.ts";
import { useText } from "../i18n/text.ts";
import { startTransfer } from "../transfers/start.ts";
import { About } from "./About.tsx";
import { kindOf } from "./kinds.ts";
import { MediaView } from "./MediaView.tsx";
import type { ViewProps } from "./view-props.ts";
import css from "./Viewer.module.css";

const PdfView = lazy(async () => ({ default: (await import("./PdfView.tsx")).PdfView }));
const MarkdownView = lazy(async () => ({ default: (await import("./MarkdownView.tsx")).MarkdownView }));
const TextView = lazy(async () => ({ default: (await import("./TextView.tsx")).TextView }));

export interface ViewerProps {
  readonly address: Address;
  readonly path: string;
  /** The files among which it stands, in order. */
  readonly files: readonly FileEntry[];
  /** Whether what is not among them is not there. */
  readonly complete: boolean;
  readonly show: (path: string) => void;
  readonly close: () => void;
}

/** One file, over everything else; left and right lead to its neighbours. */
export function Viewer({ address, path, files, complete, show, close }: ViewerProps) {
  const t = useText();
  const engine = useEngine();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  const index = files.findIndex((each) => each.path === path);
  const found = files[index];
  const [last, setLast] = useState(found);
  if (found && found !== last) setLast(found);
  // A film plays on while its folder cannot be listed, or lists it not yet: whether it is still there, reading says.
  const file = found ?? (last?.path === path ? last : undefined);
  const download = () => file && void startTransfer(engine, { address, folder: "", title: nameIn(path), one: file });
  const to = (step: number) => {
    const next = files[index + step];
    if (next) show(next.path);
  };
  return (
    <dialog
      ref={dialog}
      className={css.viewer}
      aria-label={t.viewer.label(nameIn(path))}
      onCancel={(event) => (event.preventDefault(), close())}
      onKeyDown={(event) => {
        // A player's own keys are the player's.
        if (event.target instanceof HTMLMediaElement || event.altKey || event.ctrlKey || event.metaKey) return;
        if (event.key === "ArrowLeft") to(-1);
        if (event.key === "ArrowRight") to(1);
      }}
    >
      <header className={css.head}>
        <h2 title={path}>
          <bdi>{nameIn(path)}</bdi>
        </h2>
        {file && <About key={path} file={file} />}
        <span className={css.tools}>
          <button type="button" aria-label={t.viewer.previous} disabled={index <= 0} onClick={() => to(-1)}>
            <Icon name="previous" size={20} />
          </button>
          <button
            type="button"
            aria-label={t.viewer.next}
            disabled={index === -1 || index === files.length - 1}
            onClick={() => to(1)}
          >
            <Icon name="next" size={20} />
          </button>
          {file && kindOf(file) !== "none" && (
            <button type="button" aria-label={t.viewer.download} onClick={download}>
              <Icon name="transfers" size={20} />
            </button>
          )}
          <button type="button" aria-label={t.viewer.close} onClick={close} autoFocus>
            <Icon name="close" size={20} />
          </button>
        </span>
      </header>
      <div className={css.stage}>
        {file ? (
          <Boundary key={file.path}>
            <Suspense fallback={<p role="status">{t.loading}</p>}>
              <View key={file.digest} address={address} file={file} download={download} />
            </Suspense>
          </Boundary>
        ) : (
          <p role="status" className={css.note}>
            {complete ? `${t.catalog.gone} ${t.catalog.goneHow}` : t.loading}
          </p>
        )}
      </div>
    </dialog>
  );
}

function View({ download, ...props }: ViewProps & { readonly download: () => void }) {
  const t = useText();
  switch (kindOf(props.file)) {
    case "image":
    case "video":
    case "audio":
      return <MediaView {...props} />;
    case "pdf":
      return <PdfView {...props} />;
    case "markdown":
      return <MarkdownView {...props} />;
    case "text":
      return <TextView {...props} />;
    case "none":
      return (
        <div className={css.none}>
          <p className={css.note}>{t.viewer.none}</p>
          <button type="button" className="button primary" onClick={download}>
            {t.viewer.download}
          </button>
        </div>
      );
  }
}
