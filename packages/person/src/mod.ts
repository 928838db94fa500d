/** What a person's device does; the CLI, the page and the tests stand on it. */
export { applied, NotAppliedYetError } from "./applied.ts";
export { answerClaim, type Answered, type ClaimReason, ClaimRefusedError } from "./answer-claim.ts";
export { CodeGift, CodeKeptError, CodeRecord, type CodeStore, DecidedClaim, memoryCodeStore } from "./code-record.ts";
export { addDevice, isDue, maySign, NotRenewedError, renewDevice, revokeDevice } from "./devices.ts";
export { type Fulfiller, type FulfillerEvent, type FulfillerOptions, startFulfiller } from "./fulfiller.ts";
export {
  cancelCode,
  codeLifetimes,
  type CodeTerms,
  type DeviceCode,
  invite,
  issueDeviceCode,
  issueShareCode,
  type ShareCode,
} from "./issue-code.ts";
export { keepLeases, Lease, type LeaseKeeperOptions, type LeaseStore } from "./leases.ts";
export { type Newcomer, register } from "./join.ts";
export { type Claimant, type ClaimStore, memoryClaimStore, PendingClaim, prepareClaim } from "./pending-claim.ts";
export { DeviceRevokedError, isRefusal, isShut } from "./patience.ts";
export { connectDevice, createDevice, type NewDevice, notices, type Person } from "./person.ts";
export { type Dial, LobbyShutError, type Place, visitLobby } from "./place.ts";
export {
  AnswerRefusedError,
  type Joined,
  NotAnsweredYetError,
  redeem,
  type Redeemed,
  type Redeemer,
} from "./redeem.ts";
export { type BackupReason, codesOf, exportPerson, importPerson, PersonBackup, restoreCodes } from "./recovery.ts";
export { readCatalog } from "./reading.ts";
export {
  openSigning,
  renewThisDevice,
  type Signer,
  signerWith,
  type SigningSession,
  UntrustedSignerError,
} from "./signing.ts";
export { standingOf } from "./standing.ts";
export { accept, type CatalogOf, publish, share, unpublish, unshare } from "./sharing.ts";
