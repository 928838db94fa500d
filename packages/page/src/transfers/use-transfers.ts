import { useSyncExternalStore } from "react";
import type { Transfer } from "./transfer.ts";
import { transfers, watchTransfers } from "./transfers.ts";

/** The downloads of this browser, the newest first, live. */
export const useTransfers = (): readonly Transfer[] => useSyncExternalStore(watchTransfers, transfers);
