import { useText } from "../i18n/text.ts";
import { useSession } from "./engine-context.ts";
import { Notice } from "./Notice.tsx";

export interface InsteadProps {
  readonly go: () => void;
  readonly stay: () => void;
}

/** A link or a code would make this browser somebody else's: whoever is in it is asked, since anybody can send a link. */
export function Instead({ go, stay }: InsteadProps) {
  const t = useText().instead;
  const session = useSession();
  const isOnlyHere = "device" in session && session.device.holdsAccount;
  return (
    <Notice title={t.title}>
      <p>
        {t.what} {isOnlyHere && t.onlyHere}
      </p>
      <p className="buttons">
        <button type="button" className="button primary" onClick={stay}>
          {t.stay}
        </button>
        <button type="button" className="button" onClick={go}>
          {t.go}
        </button>
      </p>
    </Notice>
  );
}
