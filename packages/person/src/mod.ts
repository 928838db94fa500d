/** What a person's device does; the CLI, the page and the tests stand on it. */
export { applied, NotAppliedYetError } from "./applied.ts";
export { addDevice, revokeDevice } from "./devices.ts";
export { invite } from "./invite.ts";
export { type Newcomer, redeem, register } from "./join.ts";
export { connectDevice, createDevice, type NewDevice, notices, type Person } from "./person.ts";
export { type Dial, type Place, visitLobby } from "./place.ts";
export { accept, type CatalogOf, share, unshare } from "./sharing.ts";
