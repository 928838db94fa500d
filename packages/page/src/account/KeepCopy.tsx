import type { AccountKey } from "@natster/contracts";
import { type FormEvent, useEffect, useState } from "react";
import { useEngine } from "../app/engine-context.ts";
import { kept } from "../app/kept.ts";
import { tell } from "../app/notices.ts";
import { explained } from "../i18n/explained.ts";
import { useText } from "../i18n/text.ts";
import { pinned } from "../library/names.ts";
import { saveAs } from "../transfers/save.ts";
import css from "./Panel.module.css";

/** Takes the account's keys out of this browser, into a file that a passphrase seals. */
export function KeepCopy({ account }: { readonly account: AccountKey }) {
  const t = useText().devices.copy;
  const engine = useEngine();
  const [passphrase, setPassphrase] = useState("");
  const [again, setAgain] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const isPersisted = usePersisted();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (passphrase !== again) return setProblem(t.differ);
    setProblem(undefined);
    setBusy(true);
    try {
      const { handle } = await engine.ask("library", "whoami", {});
      const file = await engine.exportAccount({ passphrase, pins: pinned() });
      saveAs(new Blob([file], { type: "application/json" }), `${handle ?? "account"}.natster`);
      kept.copied.set(account);
      setPassphrase("");
      setAgain("");
      tell({ tone: "good", text: t.done });
    } catch (error) {
      setProblem(explained(error));
    }
    setBusy(false);
  };
  return (
    <section className={css.panel} aria-labelledby="keep-copy">
      <h2 id="keep-copy">{t.title}</h2>
      <p className="quiet">
        {t.what} {isPersisted === false && t.cleared}
      </p>
      <form className={css.form} onSubmit={(event) => void submit(event)}>
        <label>
          {t.passphrase}
          <input
            required
            type="password"
            minLength={12}
            autoComplete="new-password"
            value={passphrase}
            onChange={({ target }) => setPassphrase(target.value)}
          />
        </label>
        <label>
          {t.again}
          <input
            required
            type="password"
            autoComplete="new-password"
            value={again}
            onChange={({ target }) => setAgain(target.value)}
          />
        </label>
        <button type="submit" className="button primary" disabled={busy}>
          {busy ? t.sealing : t.go}
        </button>
      </form>
      {problem !== undefined && (
        <p role="alert" className={css.problem}>
          {problem}
        </p>
      )}
      <p className="quiet">
        {t.back} <code>natster context import</code>
      </p>
    </section>
  );
}

/** Whether the browser has promised to clear nothing by itself; it is asked for the promise. */
function usePersisted(): boolean | undefined {
  const [isPersisted, setPersisted] = useState<boolean>();
  useEffect(() => {
    void navigator.storage.persist().then(setPersisted, () => setPersisted(false));
  }, []);
  return isPersisted;
}
