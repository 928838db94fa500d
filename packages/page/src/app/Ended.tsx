import type { Session } from "../engine/api.ts";
import { useText } from "../i18n/text.ts";
import { Ask } from "./Ask.tsx";
import { useEngine } from "./engine-context.ts";
import { Frame } from "./Frame.tsx";
import { Notice } from "./Notice.tsx";

/** A device that nats-server lets in no more. */
export function Ended({ session: { device, why } }: { readonly session: Extract<Session, { state: "ended" }> }) {
  const {
    ended: t,
    devices: { signOutLast },
  } = useText();
  const engine = useEngine();
  const forget = () => void engine.signOut();
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
          {device.holdsAccount ? (
            <Ask label={t.forget} question={signOutLast} yes={forget} className="button" />
          ) : (
            <button type="button" className="button" onClick={forget}>
              {t.forget}
            </button>
          )}
        </p>
      </Notice>
    </Frame>
  );
}
