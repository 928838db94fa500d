import type { Entry } from "@natster/contracts/activity";
import type { AccountKey } from "@natster/contracts";
import { useMemo, useState } from "react";
import { Failed } from "../app/Failed.tsx";
import { Notice } from "../app/Notice.tsx";
import { useAnswer } from "../app/use-answer.ts";
import type { Device } from "../engine/api.ts";
import type { EngineClient } from "../engine/connect.ts";
import { clock, longDay, shortKey } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { useNames } from "../library/names.ts";
import css from "./ActivityPage.module.css";

const pageSize = 50;

/** What happened to this account, the latest first. */
export function ActivityPage({ device }: { readonly device: Device }) {
  const t = useText();
  const [pages, setPages] = useState(1);
  const [answer, again] = useAnswer({
    key: `activity ${pages}`,
    ask: (engine) => read(engine, pages),
    concerns: ({ kind }) => kind !== "presence",
  });
  // What was read stays while more of it is read.
  const [shown, setShown] = useState<{ rows: readonly Entry[]; more: boolean }>();
  if (answer.state === "there" && answer.value !== shown) setShown(answer.value);
  const rows = shown?.rows ?? none;
  const name = useNames(useMemo(() => rows.flatMap(people), [rows]));
  const days = [...Map.groupBy(rows, ({ time }) => longDay(time))];
  return (
    <>
      <header className="head">
        <h1>{t.activity.title}</h1>
      </header>
      {answer.state === "failed" && <Failed error={answer.error} again={again} />}
      {shown && rows.length === 0 && <Notice title={t.activity.nothing}>{null}</Notice>}
      {days.map(([day, entries]) => (
        <section key={day} className={css.day} aria-label={day}>
          <h2>{dayName(day, t.activity)}</h2>
          <ol>
            {entries.map((entry) => (
              <li key={entry.sequence} className={css.entry}>
                <time dateTime={entry.time}>{clock(entry.time)}</time>
                <p>
                  {t.activity.said[entry.event] ?? entry.event} <strong>{about(entry)}</strong>{" "}
                  <span className="quiet">
                    {[
                      other(entry, device.account, name),
                      entry.actor === device.account ? "" : t.activity.by(name(entry.actor)),
                    ]
                      .filter(Boolean)
                      .join(" · ")}
                  </span>
                </p>
              </li>
            ))}
          </ol>
        </section>
      ))}
      {shown?.more && (
        <button type="button" className="button" onClick={() => setPages(pages + 1)}>
          {t.more}
        </button>
      )}
    </>
  );
}

const none: readonly Entry[] = [];

async function read(engine: EngineClient, pages: number): Promise<{ rows: readonly Entry[]; more: boolean }> {
  const rows: Entry[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < pages; page++) {
    const reply = await engine.ask("library", "activity", { limit: pageSize, ...(cursor !== undefined && { cursor }) });
    rows.push(...reply.rows);
    cursor = reply.cursor;
    if (cursor === undefined) break;
  }
  return { rows, more: cursor !== undefined };
}

/** What an entry is about, by its own name. */
function about(entry: Entry): string {
  switch (entry.about) {
    case "account":
      return entry.handle ? `@${entry.handle}` : "";
    case "device":
      return entry.name ?? shortKey(entry.user);
    case "catalog":
    case "share":
      return entry.catalog;
    case "code":
      return entry.code;
  }
}

/** Who else it is about. */
function other(entry: Entry, self: AccountKey, name: (account: AccountKey) => string): string {
  if (entry.about === "share") return entry.owner === self ? `→ ${name(entry.recipient)}` : `← ${name(entry.owner)}`;
  return entry.about === "code" && entry.claimant ? name(entry.claimant) : "";
}

const people = (entry: Entry): AccountKey[] => [
  entry.actor,
  ...(entry.about === "share" ? [entry.owner, entry.recipient] : []),
  ...(entry.about === "code" && entry.claimant ? [entry.claimant] : []),
];

function dayName(day: string, t: { readonly today: string; readonly yesterday: string }): string {
  if (day === longDay(Date.now())) return t.today;
  return day === longDay(Date.now() - 24 * 3_600_000) ? t.yesterday : day;
}
