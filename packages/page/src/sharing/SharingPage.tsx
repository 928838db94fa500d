import type { CatalogName } from "@natster/contracts";
import type { Share } from "@natster/contracts/library";
import { type FormEvent, useMemo, useState } from "react";
import { Ask } from "../app/Ask.tsx";
import { useEngine } from "../app/engine-context.ts";
import { Failed } from "../app/Failed.tsx";
import { Notice } from "../app/Notice.tsx";
import { PassOn } from "../app/PassOn.tsx";
import { tell } from "../app/notices.ts";
import { useAnswer } from "../app/use-answer.ts";
import type { Device } from "../engine/api.ts";
import { explained } from "../i18n/explained.ts";
import { day, moment } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { findPerson, useNames } from "../library/names.ts";
import { allRows } from "../library/rows.ts";
import css from "./SharingPage.module.css";

/** Who has which of one's catalogs; more may be given, and each taken back. */
export function SharingPage({ device }: { readonly device: Device }) {
  const t = useText().sharing;
  const [answer, again] = useAnswer({
    key: "sharing",
    ask: async (engine) => ({ mine: await allRows(engine, "mine"), shares: await allRows(engine, "shares") }),
    concerns: ({ kind }) => kind === "share" || kind === "catalog",
  });
  const shares = answer.state === "there" ? answer.value.shares : none;
  const name = useNames(useMemo(() => shares.map(({ recipient }) => recipient), [shares]));
  return (
    <>
      <header className="head">
        <h1>{t.title}</h1>
        <p className="quiet">{t.what}</p>
      </header>
      {answer.state === "failed" && <Failed error={answer.error} again={again} />}
      {answer.state === "there" && answer.value.mine.length === 0 && <Notice title={t.nothing}>{null}</Notice>}
      {answer.state === "there" && answer.value.mine.length > 0 && !device.maySign && (
        <p className={css.hint}>{t.noKey}</p>
      )}
      {answer.state === "there" &&
        answer.value.mine.map(({ catalog }) => (
          <section key={catalog} className={css.catalog} aria-labelledby={`of-${catalog}`}>
            <h2 id={`of-${catalog}`}>{catalog}</h2>
            <Recipients shares={shares.filter((share) => share.catalog === catalog)} name={name} again={again} />
            {device.maySign && <ShareForm catalog={catalog} again={again} />}
          </section>
        ))}
    </>
  );
}

const none: readonly Share[] = [];

interface RecipientsProps {
  readonly shares: readonly Share[];
  readonly name: (account: Share["recipient"]) => string;
  readonly again: () => void;
}

function Recipients({ shares, name, again }: RecipientsProps) {
  const t = useText();
  const engine = useEngine();
  const takeBack = async ({ catalog, recipient }: Share) => {
    try {
      const { after } = await engine.ask("catalog", "unshare", { catalog, recipient });
      await engine.applied({ account: recipient, after });
      tell({ tone: "good", text: t.sharing.takenBack(catalog, name(recipient)) });
    } catch (error) {
      tell({ tone: "wrong", text: explained(error) });
    }
    again();
  };
  if (shares.length === 0) return <p className="quiet">{t.sharing.nobody}</p>;
  return (
    <ul className={css.recipients}>
      {shares.map((share) => (
        <li key={share.recipient}>
          <span title={share.recipient}>
            <strong>{name(share.recipient)}</strong>{" "}
            <span className="quiet">
              {t.sharing[share.state]} {moment(share.since)}
              {share.expires && ` · ${t.library.until(day(share.expires))}`}
            </span>
          </span>
          <Ask
            label={t.sharing.takeBack}
            question={t.sharing.takeBackSure(share.catalog, name(share.recipient))}
            yes={() => void takeBack(share)}
          />
        </li>
      ))}
    </ul>
  );
}

const days = [0, 1, 7, 30, 365] as const;

function ShareForm({ catalog, again }: { readonly catalog: CatalogName; readonly again: () => void }) {
  const t = useText().sharing;
  const engine = useEngine();
  const [person, setPerson] = useState("");
  const [until, setUntil] = useState(0);
  const [busy, setBusy] = useState(false);
  const [link, setLink] = useState<string>();
  const doing = async (work: (ends: { expires?: number }) => Promise<void>) => {
    setBusy(true);
    try {
      await work(until === 0 ? {} : { expires: Math.floor(Date.now() / 1_000) + until * 24 * 3_600 });
    } catch (error) {
      tell({ tone: "wrong", text: explained(error) });
    }
    setBusy(false);
    again();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void doing(async (ends) => {
      await engine.share({ catalog, recipient: await findPerson(engine, person), ...ends });
      tell({ tone: "good", text: t.shared(catalog, person) });
      setPerson("");
    });
  };
  const makeLink = () => doing(async (ends) => setLink(await engine.shareLink({ catalog, ...ends })));
  return (
    <form className={css.form} onSubmit={submit}>
      <input
        required
        value={person}
        placeholder={t.person}
        aria-label={`${t.person}: ${catalog}`}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={({ target }) => setPerson(target.value)}
      />
      <select aria-label={t.until} value={until} onChange={({ target }) => setUntil(Number(target.value))}>
        {days.map((each) => (
          <option key={each} value={each}>
            {each === 0 ? t.forever : t.days(each)}
          </option>
        ))}
      </select>
      <button type="submit" className="button primary" disabled={busy}>
        {t.share}
      </button>
      <button type="button" className="button" disabled={busy} onClick={() => void makeLink()}>
        {t.link}
      </button>
      {link !== undefined && (
        <div className={css.link}>
          <PassOn key={link} link={link} label={t.linkOf(catalog)} />
        </div>
      )}
    </form>
  );
}
