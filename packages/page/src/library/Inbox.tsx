import { useMemo, useState } from "react";
import { useEngine } from "../app/engine-context.ts";
import { tell } from "../app/notices.ts";
import { explained } from "../i18n/explained.ts";
import { day } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { Dot, type Theirs } from "./Card.tsx";
import css from "./LibraryPage.module.css";
import { useNames } from "./names.ts";

/** What somebody offers, to be accepted or declined. */
export function Inbox({ shares, again }: { readonly shares: readonly Theirs[]; readonly again: () => void }) {
  const t = useText().library;
  const name = useNames(useMemo(() => shares.map(({ owner }) => owner), [shares]));
  return (
    <section className={css.section} aria-labelledby="inbox">
      <h2 id="inbox">{t.inbox}</h2>
      <ul className={css.invitations}>
        {shares.map((share) => (
          <Invitation key={`${share.owner}/${share.catalog}`} share={share} from={name(share.owner)} again={again} />
        ))}
      </ul>
    </section>
  );
}

function Invitation({
  share,
  from,
  again,
}: {
  readonly share: Theirs;
  readonly from: string;
  readonly again: () => void;
}) {
  const t = useText().library;
  const engine = useEngine();
  const [busy, setBusy] = useState(false);
  const { owner, catalog, expires } = share;
  const answer = async (yes: boolean) => {
    setBusy(true);
    try {
      if (yes) {
        const { after } = await engine.ask("catalog", "import", { owner, catalog });
        const session = engine.session();
        if ("device" in session) await engine.applied({ account: session.device.account, after });
      } else await engine.ask("catalog", "decline", { owner, catalog });
    } catch (error) {
      tell({ tone: "wrong", text: explained(error) });
    }
    setBusy(false);
    again();
  };
  return (
    <li className={css.invitation}>
      <Dot online={share.online} />
      <p>
        <strong>{catalog}</strong> <span className={css.quiet}>{t.from(from)}</span>
        {expires && <span className={css.quiet}> · {t.until(day(expires))}</span>}
      </p>
      <span className="buttons">
        <button type="button" className="button primary" disabled={busy} onClick={() => void answer(true)}>
          {busy ? t.accepting : t.accept}
        </button>
        <button type="button" className="button" disabled={busy} onClick={() => void answer(false)}>
          {t.decline}
        </button>
      </span>
    </li>
  );
}
