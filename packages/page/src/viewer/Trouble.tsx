import { useEffect } from "react";
import { useEngine } from "../app/engine-context.ts";
import { Failed } from "../app/Failed.tsx";
import type { Address } from "../engine/api.ts";

export interface TroubleProps {
  readonly address: Address;
  readonly error: unknown;
  readonly again: () => void;
}

/** Why a file is not to be seen; it is tried again when somebody serves it, or is asked to. */
export function Trouble({ address, error, again }: TroubleProps) {
  const engine = useEngine();
  useEffect(
    () =>
      engine.hear((notice) => {
        if (notice.kind !== "presence" || !notice.online || notice.catalog !== address.catalog) return;
        if (address.owner === undefined || address.owner === notice.owner) again();
      }),
    [engine, address, again],
  );
  return <Failed error={error} again={again} />;
}
