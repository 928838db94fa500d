import { type FormEvent, useState } from "react";
import { useEngine } from "../app/engine-context.ts";
import { Frame } from "../app/Frame.tsx";
import { type Link, readTyped } from "../device/link.ts";
import { explained } from "../i18n/explained.ts";
import { moment } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { BringBack } from "./BringBack.tsx";
import { Redeem } from "./Redeeming.tsx";
import css from "./Welcome.module.css";

/** Who comes without a device learns what this is, and how to begin. */
export function Welcome({ link }: { readonly link: Exclude<Link, { state: "good" | "code" }> }) {
  const t = useText().welcome;
  return (
    <Frame bare>
      <div className={css.welcome}>
        <Problem link={link} />
        <h1 className={css.title}>{t.title}</h1>
        <p className={css.lead}>{t.lead}</p>
        <div className={css.ways}>
          <WithLink />
          <Begin />
        </div>
        <BringBack />
      </div>
    </Frame>
  );
}

function Problem({ link }: { readonly link: Link }) {
  const t = useText().welcome;
  if (link.state === "unreadable") {
    return (
      <p role="alert" className={css.problem}>
        <strong>{t.unreadable}</strong> {t.unreadableHow}
      </p>
    );
  }
  if (link.state === "expired") {
    return (
      <p role="alert" className={css.problem}>
        <strong>{t.expired}</strong> {t.expiredHow(link.name, moment(link.expired))}
      </p>
    );
  }
  return null;
}

/** A link that was copied, for where it cannot be opened. */
function WithLink() {
  const t = useText().welcome;
  const engine = useEngine();
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<Link | undefined>();
  const [code, setCode] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const link = readTyped(text, Date.now());
    if (link.state === "code") return setCode(link.code);
    if (link.state !== "good") return setProblem(link);
    engine.signIn({ creds: link.creds }).catch(() => setProblem({ state: "unreadable" }));
  };
  return (
    <section className={css.way} aria-labelledby="with-link">
      <h2 id="with-link">{t.link.title}</h2>
      <p>{t.link.what}</p>
      {problem && <Problem link={problem} />}
      {code !== undefined && <Redeem key={code} code={code} done={() => setCode(undefined)} />}
      <form onSubmit={submit} className={css.form}>
        <label>
          {t.link.field}
          <input
            required
            value={text}
            autoComplete="off"
            spellCheck={false}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
        <button type="submit" className="button primary">
          {t.link.go}
        </button>
      </form>
      <p className="quiet">{t.link.quiet}</p>
    </section>
  );
}

/** An account of one's own, made here. */
function Begin() {
  const t = useText().welcome.begin;
  const engine = useEngine();
  const [handle, setHandle] = useState("");
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    engine
      .begin({ handle: handle.trim().toLowerCase(), ...(code.trim() && { code: code.trim() }) })
      .catch((error: unknown) => setProblem(explained(error)))
      .finally(() => setBusy(false));
  };
  return (
    <section className={css.way} aria-labelledby="begin">
      <h2 id="begin">{t.title}</h2>
      <p>{t.what}</p>
      <form onSubmit={submit} className={css.form}>
        <label>
          {t.handle}
          <input
            required
            minLength={3}
            maxLength={32}
            pattern="[a-z0-9][a-z0-9\-]*[a-z0-9]"
            title={t.handleHow}
            value={handle}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            onChange={({ target }) => setHandle(target.value)}
          />
        </label>
        <label>
          {t.code}
          <input
            value={code}
            autoComplete="one-time-code"
            autoCapitalize="characters"
            spellCheck={false}
            onChange={({ target }) => setCode(target.value)}
          />
        </label>
        {problem !== undefined && (
          <p role="alert" className={css.problem}>
            {problem}
          </p>
        )}
        <button type="submit" className="button primary" disabled={busy}>
          {busy ? t.making : t.go}
        </button>
      </form>
    </section>
  );
}
