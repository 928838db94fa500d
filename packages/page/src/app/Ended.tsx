import type { Session } from "../engine/api.ts";
import { useText } from "../i18n/text.ts";
import { useEngine } from "./engine-context.ts";
import { Frame } from "./Frame.tsx";
import { Notice } from "./Notice.tsx";

/** A device that nats-server lets in no more. */
export function Ended({ session: { why } }: { readonly session: Extract<Session, { state: "ended" }> }) {
  const t = useText().ended;
  const engine = useEngine();
  return (
    <Frame bare>
      <Notice title={why === "expired" ? t.expired : t.refused}>
        <p>{why === "expired" ? t.expiredHow : t.refusedHow}</p>
        <p className="buttons">
          {why === "refused" && (
            <button type="button" className="button" onClick={() => void engine.tryAgain()}>
              {t.again}
            </button>
          )}
          <button type="button" className="button" onClick={() => void engine.signOut()}>
            {t.forget}
          </button>
        </p>
      </Notice>
    </Frame>
  );
}
