/** Every command, as somebody might type it. */

export interface Line {
  readonly told: string;
  /** It needs no system, and may do what it is for where there is none. */
  readonly alone?: true;
  /** It asks no system for an answer, or goes on until it is stopped. */
  readonly waits?: true;
}

/** What each is told. */
export const lines: Readonly<Record<string, Line>> = {
  up: { told: "--dir nowhere --listen 192.0.2.1:1 --public-url https://example.org", waits: true },
  down: { told: "", alone: true },
  status: { told: "", alone: true },
  init: { told: "http://127.0.0.1:9/" },
  whoami: { told: "" },
  login: { told: "--no-wait" },
  redeem: { told: "S7KQ2M4T-9PZD-WB3E-5HJN --server http://127.0.0.1:9/" },
  invite: { told: "" },
  rename: { told: "other" },
  share: { told: "Photos" },
  unshare: { told: "photos @bob" },
  publish: { told: "photos" },
  unpublish: { told: "photos" },
  serve: { told: "", waits: true },
  inbox: { told: "" },
  accept: { told: "@bob/photos" },
  decline: { told: "@bob/photos" },
  drop: { told: "@bob/photos" },
  ls: { told: "" },
  get: { told: "photos" },
  cat: { told: "photos/Welcome.md" },
  stat: { told: "photos/Welcome.md" },
  watch: { told: "", waits: true },
  activity: { told: "" },
  "catalog new": { told: "other Photos" },
  "catalog ls": { told: "" },
  "catalog describe": { told: "photos 'what it holds'" },
  "catalog rm": { told: "photos" },
  "catalog contents": { told: "photos" },
  "catalog search": { told: "photos welcome" },
  "devices ls": { told: "" },
  "devices rename": { told: "laptop other" },
  "devices revoke": { told: "laptop" },
  "context ls": { told: "", alone: true },
  "context use": { told: "nowhere", waits: true },
  "context rm": { told: "nowhere", waits: true },
  "context export": { told: "nowhere --passphrase-file /dev/null", waits: true },
  "context import": { told: "nothing.natster --passphrase-file /dev/null", waits: true },
  forget: { told: "@bob", waits: true },
  "ops status": { told: "" },
  "ops rebuild": { told: "shares" },
  "ops parked": { told: "shares" },
  "ops retry": { told: "shares" },
  "ops skip": { told: "shares 1" },
  "ops metrics": { told: "--listen 127.0.0.1:0" },
  "ops backup": { told: "log.ndjson --dir missing", waits: true },
  "ops restore": { told: "log.ndjson --dir missing", waits: true },
  "operator init": { told: "Photos", waits: true },
  "operator provision": { told: "missing", waits: true },
  "operator renew": { told: "missing", waits: true },
  "operator rotate": { told: "missing", waits: true },
  "operator backup": { told: "operator.natster --dir missing --passphrase-file /dev/null", waits: true },
  "operator restore": { told: "operator.natster --dir missing --passphrase-file /dev/null", waits: true },
  migrate: { told: "nothing.json", waits: true },
  doctor: { told: "" },
  completion: { told: "bash", alone: true },
};
