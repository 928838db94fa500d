import { useEffect } from "react";
import { useSession } from "../app/engine-context.ts";
import { useAnswer } from "../app/use-answer.ts";
import type { Address } from "../engine/api.ts";
import { look } from "../library/seen.ts";

/** Notes that somebody looks into a catalog, at the revision that it has now; what is said of it, where something is. */
export function useLooking(owner: string, address: Address): string | undefined {
  const session = useSession();
  const self = "device" in session ? session.device.account : undefined;
  const account = owner === "me" ? self : address.owner;
  const [row] = useAnswer({
    key: `${account}/${address.catalog}`,
    ask: (engine) =>
      account === undefined
        ? Promise.resolve(undefined)
        : engine.ask("library", "catalog", { owner: account, catalog: address.catalog }),
    concerns: (notice) => notice.kind === "presence" && notice.catalog === address.catalog,
  });
  const revision = row.state === "there" ? row.value?.revision : undefined;
  useEffect(() => {
    if (account !== undefined) look(account, address.catalog, revision);
  }, [account, address, revision]);
  return row.state === "there" ? row.value?.description : undefined;
}
