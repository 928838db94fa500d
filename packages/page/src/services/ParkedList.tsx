import { useState } from "react";
import { Ask } from "../app/Ask.tsx";
import { useEngine } from "../app/engine-context.ts";
import { Failed } from "../app/Failed.tsx";
import { tell } from "../app/notices.ts";
import { useAnswer } from "../app/use-answer.ts";
import { explained } from "../i18n/explained.ts";
import { useText } from "../i18n/text.ts";
import css from "./ParkedList.module.css";

export type Keeper = "library" | "accounts";

export interface ParkedListProps {
  readonly keeper: Keeper;
  readonly projection: string;
  /** How many there are: when that changes, they are read anew. */
  readonly parked: number;
  readonly mended: () => void;
}

/** The events that a projection could not take in: to be tried again when the cause is mended, or left out for ever. */
export function ParkedList({ keeper, projection, parked, mended }: ParkedListProps) {
  const t = useText().services;
  const engine = useEngine();
  const [busy, setBusy] = useState(false);
  const [answer, again] = useAnswer({
    key: `parked ${keeper} ${projection} ${parked}`,
    ask: (engine) => engine.ask(keeper, "parked", { projection }),
  });
  const mend = async (ask: () => Promise<{ parked: number }>) => {
    setBusy(true);
    try {
      const { parked: left } = await ask();
      tell(left === 0 ? { tone: "good", text: t.takenIn(projection) } : { tone: "wrong", text: t.stillParked(left) });
    } catch (error) {
      tell({ tone: "wrong", text: explained(error) });
    }
    setBusy(false);
    again();
    mended();
  };
  const retry = (sequence?: number) =>
    mend(() => engine.ask(keeper, "retry", { projection, ...(sequence !== undefined && { sequence }) }));
  // The administrator's command about one event of the log.
  const leaveOut = (sequence: number) => mend(() => engine.ask(keeper, "skip", { projection, sequence }));
  return (
    <section className={css.parked} aria-labelledby={`parked-${projection}`}>
      <div className={css.head}>
        <h3 id={`parked-${projection}`}>{t.parkedOf(projection)}</h3>
        <button type="button" className="button" disabled={busy} onClick={() => void retry()}>
          {t.retryAll}
        </button>
      </div>
      {answer.state === "failed" && <Failed error={answer.error} again={again} />}
      {answer.state === "there" && (
        <ul>
          {answer.value.rows.map(({ sequence, subject, reason }) => (
            <li key={sequence}>
              <p>
                {t.event} <strong>{sequence}</strong> <code>{subject}</code>
              </p>
              <p className={css.reason}>{reason}</p>
              <span className="buttons">
                <button type="button" className="button" disabled={busy} onClick={() => void retry(sequence)}>
                  {t.retry}
                </button>
                <Ask
                  label={t.leaveOut}
                  question={t.leaveOutSure(sequence, projection)}
                  yes={() => void leaveOut(sequence)}
                />
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
