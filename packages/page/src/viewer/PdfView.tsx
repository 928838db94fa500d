import { getDocument, GlobalWorkerOptions, PDFDataRangeTransport, type PDFDocumentProxy } from "pdfjs-dist";
// oxlint-disable-next-line import/default -- the bundler gives it one
import workerUrl from "pdfjs-dist/build/pdf.worker.min.mjs?url";
import { useEffect, useRef, useState } from "react";
import { useEngine } from "../app/engine-context.ts";
import type { Address } from "../engine/api.ts";
import type { EngineClient } from "../engine/connect.ts";
import { useText } from "../i18n/text.ts";
import { lookAt } from "../media/look-at.ts";
import { scriptUrl } from "../trusted.ts";
import type { FileEntry } from "@natster/contracts/files";
import type { ViewProps } from "./view-props.ts";
import css from "./Viewer.module.css";

/** A PDF, page by page; only the parts that its pages need are read. Scripts in it are not run. */
export function PdfView({ address, file }: ViewProps) {
  const t = useText();
  const engine = useEngine();
  const [pdf, setPdf] = useState<PDFDocumentProxy>();
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const worker = new Worker(scriptUrl(new URL(workerUrl, import.meta.url)), { type: "module" });
    GlobalWorkerOptions.workerPort = worker;
    const range = new CatalogRange(engine, address, file);
    const task = getDocument({ range, disableAutoFetch: true, useWasm: false, enableXfa: false });
    task.promise.then(setPdf, () => setBroken(true));
    return () => {
      range.abort();
      void task.destroy().then(() => worker.terminate());
      setPdf(undefined);
    };
  }, [engine, address, file]);

  if (broken) return <p className={css.note}>{t.viewer.broken}</p>;
  if (!pdf) return <p role="status">{t.loading}</p>;
  return (
    <div className={css.pages} tabIndex={0} role="document">
      {Array.from({ length: pdf.numPages }, (_, index) => (
        <Page key={index} pdf={pdf} number={index + 1} />
      ))}
    </div>
  );
}

/** Reads the parts of a file that a PDF's reader asks for. */
class CatalogRange extends PDFDataRangeTransport {
  readonly #stop = new AbortController();
  readonly #read: ReturnType<typeof lookAt>;

  constructor(engine: EngineClient, address: Address, file: FileEntry) {
    super(file.size, null);
    this.#read = lookAt(engine, { address, ...file });
  }

  override requestDataRange(begin: number, end: number): void {
    this.#read(begin, end - begin, this.#stop.signal).then(
      (bytes) => this.onDataRange(begin, bytes),
      () => undefined,
    );
  }

  override abort(): void {
    this.#stop.abort();
  }
}

/** One page; drawn when it comes near to being seen. */
function Page({ pdf, number }: { readonly pdf: PDFDocumentProxy; readonly number: number }) {
  const t = useText();
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [near, setNear] = useState(number === 1);
  const [text, setText] = useState("");
  useEffect(() => {
    const observer = new IntersectionObserver((seen) => setNear(seen.some(({ isIntersecting }) => isIntersecting)), {
      rootMargin: "100%",
    });
    if (box.current) observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  useEffect(() => {
    if (!near) return undefined;
    let drawing: { cancel: () => void } | undefined;
    let over = false;
    const draw = async () => {
      const page = await pdf.getPage(number);
      const target = canvas.current;
      if (over || !target) return;
      const width = box.current?.clientWidth ?? 800;
      const viewport = page.getViewport({ scale: (width / page.getViewport({ scale: 1 }).width) * devicePixelRatio });
      target.width = viewport.width;
      target.height = viewport.height;
      const task = page.render({ canvas: target, viewport });
      drawing = task;
      await task.promise;
      const { items } = await page.getTextContent();
      setText(items.map((item) => ("str" in item ? item.str : "")).join(" "));
    };
    draw().catch(() => undefined);
    return () => {
      over = true;
      drawing?.cancel();
    };
  }, [pdf, number, near]);
  return (
    <div ref={box} className={css.sheet}>
      <canvas ref={canvas} role="img" aria-label={`${t.viewer.page(number, pdf.numPages)}. ${text}`} />
    </div>
  );
}
