import { type FormEvent, useState } from "react";
import { useEngine } from "../app/engine-context.ts";
import { kept } from "../app/kept.ts";
import { explained } from "../i18n/explained.ts";
import { useText } from "../i18n/text.ts";
import { know } from "../library/names.ts";
import css from "./Welcome.module.css";

/** Whoever lost a browser is themselves again, by the copy that they kept. */
export function BringBack() {
  const t = useText().welcome.bringBack;
  const engine = useEngine();
  const [file, setFile] = useState<File>();
  const [passphrase, setPassphrase] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!file) return;
    setBusy(true);
    setProblem(undefined);
    try {
      const { account, people } = await engine.restore({ file: await file.text(), passphrase });
      know(people);
      kept.copied.set(account);
    } catch (error) {
      setProblem(explained(error));
      setBusy(false);
    }
  };
  return (
    <details className={css.back}>
      <summary>{t.title}</summary>
      <p>{t.what}</p>
      <form onSubmit={(event) => void submit(event)} className={css.form}>
        <label>
          {t.file}
          <input
            required
            type="file"
            accept=".natster,application/json"
            onChange={({ target }) => setFile(target.files?.[0])}
          />
        </label>
        <label>
          {t.passphrase}
          <input
            required
            type="password"
            autoComplete="current-password"
            value={passphrase}
            onChange={({ target }) => setPassphrase(target.value)}
          />
        </label>
        {problem !== undefined && (
          <p role="alert" className={css.problem}>
            {problem}
          </p>
        )}
        <button type="submit" className="button primary" disabled={busy}>
          {busy ? t.opening : t.go}
        </button>
      </form>
    </details>
  );
}
