/** What codes of one's own are for, in words. */
import type { AccountKey } from "@natster/contracts";
import type { CodeOffer } from "@natster/contracts/codes";
import type { OwnCode } from "@natster/contracts/library";
import { fingerprint } from "../output/words.ts";

/** Whether somebody can still use it, or waits for its answer. */
export const isOpen = ({ state, offer, expires }: Pick<OwnCode, "state" | "offer" | "expires">): boolean =>
  (state === "issued" || (state === "claimed" && offer.purpose !== "enrol")) && Date.parse(expires) > Date.now();

/** What whoever uses it gets. */
export function describeOffer(offer: CodeOffer, audience: AccountKey | undefined): string {
  const only = audience === undefined ? "" : `, only ${fingerprint(audience)}`;
  switch (offer.purpose) {
    case "share":
      return `${offer.catalog}${only}`;
    case "device":
      return `a device of yours, ${offer.name ?? offer.role}`;
    case "enrol":
      return offer.handle === undefined ? "joining" : `joining as @${offer.handle}`;
  }
}
