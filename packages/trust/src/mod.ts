/** Everything that signs or verifies. Runs in Node and in a browser. */
export {
  type AccountNats,
  accountJwt,
  type AccountState,
  type RenderContext,
  renderAccount,
  type Revocations,
} from "./account.ts";
export { renderStreams } from "./backstage.ts";
export type { Checked, Refused } from "./checked.ts";
export { authenticator, type Creds, formatCreds, parseCreds, readCreds, userOf } from "./creds.ts";
export { type Grant, type GrantReason, type GrantRequest, readGrant, signGrant } from "./grant.ts";
export {
  createOperator,
  type CredsName,
  issueOperator,
  type NewOperator,
  operatorAccountNames,
  type OperatorKeys,
} from "./init.ts";
export { letGo } from "./let-go.ts";
export { type Claims, encodeJwt, type JwtReason, readJwt, type SignedClaims } from "./jwt.ts";
export { type AnyKey, createKey, type Key, keyFromSeed, type PublicKey } from "./key.ts";
export type { OtherLimits, PersonLimits } from "./limits.ts";
export { type Lobby, newcomerUser } from "./newcomer.ts";
export { operatorJwt, type OperatorState } from "./operator.ts";
export { type Permissions, servicePermissions, streamsSubjects } from "./permissions.ts";
export { renderPlatform } from "./platform.ts";
export {
  readRegistration,
  type Registration,
  type RegistrationCheck,
  type RegistrationReason,
  signRegistration,
} from "./registration.ts";
export { leastPassphrase, openWithPassphrase, type PassphraseReason, sealWithPassphrase } from "./passphrase.ts";
export { type Publication, type PublicationReason, readPublication, signPublication } from "./publication.ts";
export { readRenewal, type RenewalReason, signRenewal } from "./renewal.ts";
export { readRevocation, type Revocation, type RevocationReason, signRevocation } from "./revocation.ts";
export { resignAccount } from "./resign.ts";
export { type Device, readUser, userJwt, type UserReason, type UserRequest } from "./user.ts";
export {
  claimHash,
  claimMac,
  type Code,
  type CodeKeys,
  codeKeys,
  codeLink,
  createCode,
  equalMacs,
  formatCode,
  parseCode,
  purposeOf,
  readCode,
} from "./code.ts";
export {
  type AnswerContext,
  type AnswerKey,
  CodeAnswer,
  createAnswerKey,
  openAnswer,
  sealAnswer,
} from "./code-answer.ts";
export {
  ReaderSession,
  SealBrokenError,
  type SealedRequest,
  ServingSession,
  sessionIn,
  type OpenedReply,
  type OpenedRequest,
} from "./session.ts";
export { type Answer, type AnswerReason, readAnswer, signAnswer } from "./session-answer.ts";
export { enterSession, type EnteredSession } from "./session-enter.ts";
export { createOpeningKey, openSession, type OpeningKey, sealSession, type SessionSecrets } from "./session-keys.ts";
export {
  accountOf,
  type OpenCheck,
  openHash,
  type Opening,
  type OpenReason,
  type OpenRefused,
  type OpenRequest,
  readOpen,
  type SessionDevice,
  type SessionPurpose,
  signOpen,
} from "./session-open.ts";
