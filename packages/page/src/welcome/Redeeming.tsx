import { useEffect, useState } from "react";
import { useEngine } from "../app/engine-context.ts";
import { Frame } from "../app/Frame.tsx";
import { Instead } from "../app/Instead.tsx";
import { Notice } from "../app/Notice.tsx";
import { goTo } from "../app/route.ts";
import type { Given, Redemption } from "../engine/api.ts";
import type { EngineClient } from "../engine/connect.ts";
import { EngineError, isSomebodyHere } from "../engine/engine-error.ts";
import { explained } from "../i18n/explained.ts";
import { useText } from "../i18n/text.ts";

export interface RedeemProps {
  readonly code: string;
  /** It was redeemed, or given up. */
  readonly done: () => void;
}

/** A code that came with the page's own link. */
export function Redeeming(props: RedeemProps) {
  return (
    <Frame bare>
      <Redeem {...props} />
    </Frame>
  );
}

/** Redeems a code at once, and goes to what it gives. */
export function Redeem({ code, done }: RedeemProps) {
  const t = useText();
  const engine = useEngine();
  const [turn, setTurn] = useState(0);
  const [instead, setInstead] = useState(false);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let current = true;
    setError(undefined);
    const redeem = async () => {
      const { shared } = await redeemOnce(engine, { code, instead }, turn);
      if (!current) return;
      if (shared) goTo({ at: "catalog", owner: shared.owner, catalog: shared.catalog, path: "" });
      done();
    };
    redeem().catch((error: unknown) => current && setError(error));
    return () => {
      current = false;
    };
  }, [engine, code, instead, turn, done]);

  if (isSomebodyHere(error)) return <Instead go={() => setInstead(true)} stay={done} />;

  if (error === undefined) {
    return (
      <Notice title={t.welcome.redeeming.title}>
        <p>{t.welcome.redeeming.what}</p>
      </Notice>
    );
  }
  return (
    <Notice title={t.welcome.redeeming.failed}>
      <p>{explained(error)}</p>
      <p className="buttons">
        {!isFinal(error) && (
          <button type="button" className="button primary" onClick={() => setTurn(turn + 1)}>
            {t.again}
          </button>
        )}
        <button type="button" className="button" onClick={done}>
          {t.welcome.redeeming.home}
        </button>
      </p>
    </Notice>
  );
}

/** Whether the same code is refused however often it is tried; what helps instead is said with the refusal. */
const isFinal = (error: unknown): boolean => error instanceof EngineError && final.has(error.reason);
const final: ReadonlySet<string | undefined> = new Set([
  "already_shared",
  "answer_refused",
  "code_claimed",
  "code_unknown",
  "code_unreadable",
  "code_wrong",
  "handle_other",
  "not_for_you",
]);

let underWay: { readonly key: string; readonly given: Promise<Given> } | undefined;

/** A view may begin twice with the same code; it is redeemed once for each try. */
function redeemOnce(engine: EngineClient, redemption: Redemption, turn: number): Promise<Given> {
  const key = `${redemption.code} ${redemption.instead} ${turn}`;
  if (underWay?.key !== key) underWay = { key, given: engine.redeem(redemption) };
  return underWay.given;
}
