import { useMemo, useState } from "react";
import { Ask } from "../app/Ask.tsx";
import { Failed } from "../app/Failed.tsx";
import { useEngine } from "../app/engine-context.ts";
import { kept } from "../app/kept.ts";
import { tell } from "../app/notices.ts";
import { linkTo } from "../app/route.ts";
import { useAnswer } from "../app/use-answer.ts";
import type { Device } from "../engine/api.ts";
import { explained } from "../i18n/explained.ts";
import { day } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import css from "./LibraryPage.module.css";
import { useNames } from "./names.ts";
import { allRows } from "./rows.ts";
import { Card, type Mine, type Theirs } from "./Card.tsx";
import { Inbox } from "./Inbox.tsx";

/** Everything that can be looked into: what is one's own, what was shared, and what is offered. */
export function LibraryPage({ device }: { readonly device: Device }) {
  const t = useText().library;
  const [answer, again] = useAnswer({
    key: "library",
    ask: async (engine) => {
      const [mine, shared, inbox] = await Promise.all([
        allRows(engine, "mine"),
        allRows(engine, "shared"),
        allRows(engine, "inbox"),
      ]);
      return { mine, shared, inbox };
    },
    concerns: ({ kind }) => kind === "share" || kind === "catalog" || kind === "presence",
  });
  return (
    <>
      <header className="head">
        <h1>{t.title}</h1>
        <Self device={device} />
      </header>
      {device.holdsAccount && kept.copied.get() !== device.account && (
        <p className={css.offer}>
          {t.onlyHere} <a href={linkTo({ at: "devices" })}>{t.keepCopy}</a>
        </p>
      )}
      {answer.state === "failed" && <Failed error={answer.error} again={again} />}
      {answer.state === "there" && (
        <>
          {answer.value.inbox.length > 0 && <Inbox shares={answer.value.inbox} again={again} />}
          <SharedWithMe shares={answer.value.shared} again={again} />
          <MyCatalogs catalogs={answer.value.mine} />
        </>
      )}
      {answer.state === "waiting" && <Ghosts />}
    </>
  );
}

/** Who one is to others, and the key to give them. */
function Self({ device }: { readonly device: Device }) {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const [who] = useAnswer({
    key: "whoami",
    ask: (engine) => engine.ask("library", "whoami", {}),
    concerns: ({ kind }) => kind === "account",
  });
  const handle = who.state === "there" ? who.value.handle : undefined;
  return (
    <p className={css.self}>
      {handle && (
        <>
          {t.library.handle} <strong>@{handle}</strong>
        </>
      )}
      <button
        type="button"
        className="quiet"
        onClick={() => void navigator.clipboard.writeText(device.account).then(() => setCopied(true))}
      >
        {copied ? t.copied : t.library.copyKey}
      </button>
    </p>
  );
}

function SharedWithMe({ shares, again }: { readonly shares: readonly Theirs[]; readonly again: () => void }) {
  const t = useText().library;
  const engine = useEngine();
  const name = useNames(useMemo(() => shares.map(({ owner }) => owner), [shares]));
  const drop = ({ owner, catalog }: Theirs) =>
    engine.ask("catalog", "drop", { owner, catalog }).then(again, (error: unknown) => {
      tell({ tone: "wrong", text: explained(error) });
    });
  return (
    <section className={css.section} aria-labelledby="shared">
      <h2 id="shared">{t.shared}</h2>
      {shares.length === 0 ? (
        <p className={css.nothing}>{t.nothingShared}</p>
      ) : (
        <ul className={css.cards}>
          {shares.map((share) => (
            <Card
              key={`${share.owner}/${share.catalog}`}
              owner={share.owner}
              seenAs={share.owner}
              row={share}
              quiet={[t.from(name(share.owner)), ...(share.expires ? [t.until(day(share.expires))] : [])].join(" · ")}
            >
              <Ask label={t.drop} question={t.dropSure(share.catalog)} yes={() => void drop(share)} />
            </Card>
          ))}
        </ul>
      )}
    </section>
  );
}

function MyCatalogs({ catalogs }: { readonly catalogs: readonly Mine[] }) {
  const t = useText().library;
  return (
    <section className={css.section} aria-labelledby="mine">
      <h2 id="mine">{t.mine}</h2>
      {catalogs.length === 0 ? (
        <p className={css.nothing}>
          {t.nothingMine} <code>natster share ~/Photos</code>
        </p>
      ) : (
        <ul className={css.cards}>
          {catalogs.map((row) => (
            <Card key={row.catalog} owner="me" seenAs={row.owner} row={row} quiet={row.description ?? ""} />
          ))}
        </ul>
      )}
    </section>
  );
}

/** The shape of what is about to come, for the moment that it takes. */
function Ghosts() {
  const t = useText();
  return (
    <div>
      <p role="status" className="heard">
        {t.loading}
      </p>
      <div className={`${css.cards} ${css.ghosts}`} aria-hidden="true">
        <span />
        <span />
        <span />
      </div>
    </div>
  );
}
