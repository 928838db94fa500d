import { Component, type ReactNode } from "react";
import { textNow } from "../i18n/spoken.ts";
import { Notice } from "./Notice.tsx";
import css from "./Boundary.module.css";

/** Where a view breaks, the rest stands, and whoever looks is told what to do. A new `key` tries again. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly broken: string | undefined }> {
  override state = { broken: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { broken: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    if (this.state.broken === undefined) return this.props.children;
    const t = textNow();
    return (
      <Notice title={t.broken.title}>
        <p>{t.broken.what}</p>
        <p className={css.cause}>
          <code>{this.state.broken}</code>
        </p>
        <p className={css.ways}>
          <button type="button" className="button" onClick={() => this.setState({ broken: undefined })}>
            {t.broken.again}
          </button>
          <button type="button" className="button" onClick={() => location.reload()}>
            {t.broken.reload}
          </button>
        </p>
      </Notice>
    );
  }
}
