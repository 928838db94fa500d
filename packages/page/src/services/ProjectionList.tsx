import { useEffect, useState } from "react";
import { Ask } from "../app/Ask.tsx";
import { useEngine } from "../app/engine-context.ts";
import { tell } from "../app/notices.ts";
import { useAnswer } from "../app/use-answer.ts";
import type { EngineClient } from "../engine/connect.ts";
import { explained } from "../i18n/explained.ts";
import { duration, percent } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { type Keeper, ParkedList } from "./ParkedList.tsx";
import css from "./ProjectionList.module.css";

const keepers: readonly Keeper[] = ["library", "accounts"];

/** How each projection stands: how far behind, what is parked, and whether it is being rebuilt. */
export function ProjectionList() {
  const t = useText().services;
  const engine = useEngine();
  const [answer, again] = useAnswer({ key: "projections", ask: statuses });
  const [shown, setShown] = useState<string>();
  useEffect(() => {
    const timer = setInterval(() => document.visibilityState === "visible" && again(), 2_000);
    return () => clearInterval(timer);
  }, [again]);
  if (answer.state !== "there") return null;

  const rebuild = (keeper: Keeper, projection: string) =>
    engine.ask(keeper, "rebuild", { projection }).then(again, (error: unknown) => {
      tell({ tone: "wrong", text: explained(error) });
    });
  return (
    <section className={css.projections} aria-labelledby="projections">
      <h2 id="projections">{t.projections}</h2>
      <div className={css.scroll} tabIndex={0} role="region" aria-labelledby="projections">
        <table>
          <thead>
            <tr>
              <th scope="col">{t.projection}</th>
              <th scope="col">{t.service}</th>
              <th scope="col">{t.version}</th>
              <th scope="col">{t.lag}</th>
              <th scope="col">{t.parked}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {answer.value.map(({ keeper, projection, version, behind, milliseconds, parked, rebuilt }) => (
              <tr key={`${keeper} ${projection}`}>
                <th scope="row">{projection}</th>
                <td>{keeper === "library" ? "projector" : keeper}</td>
                <td>{version}</td>
                <td>{behind === 0 ? t.live : `${t.events(behind)}, ${duration(milliseconds)}`}</td>
                <td>
                  {parked === 0 ? (
                    t.events(0)
                  ) : (
                    <button
                      type="button"
                      className={css.wrong}
                      aria-expanded={shown === projection}
                      aria-label={t.parkedShow(parked, projection)}
                      onClick={() => setShown(shown === projection ? undefined : projection)}
                    >
                      {t.events(parked)}
                    </button>
                  )}
                </td>
                <td>
                  {rebuilt === undefined ? (
                    <Ask
                      label={t.rebuild}
                      question={t.rebuildSure(projection)}
                      yes={() => void rebuild(keeper, projection)}
                    />
                  ) : (
                    <label className={css.rebuilding}>
                      {t.rebuilding(percent(rebuilt))}
                      <progress max={1} value={rebuilt} />
                    </label>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {answer.value
        .filter(({ projection, parked }) => projection === shown && parked > 0)
        .map(({ keeper, projection, parked }) => (
          <ParkedList key={projection} keeper={keeper} projection={projection} parked={parked} mended={again} />
        ))}
    </section>
  );
}

/** Each projection once, as the process that writes it has it. */
async function statuses(engine: EngineClient) {
  const answers = await Promise.all(
    keepers.map(async (keeper) => {
      const { projections } = await engine.ask(keeper, "status", {});
      return projections.map((each) => ({ keeper, ...each }));
    }),
  );
  return answers.flat().toSorted((one, other) => one.projection.localeCompare(other.projection));
}
