/** Every error in words: what happened, why, and what to type next. */
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { NoAnswerError, NobodyAnswersError, Refusal } from "@natster/micro/client";
import {
  AuthorizationError,
  ClosedConnectionError,
  ConnectionError,
  TimeoutError,
  UserAuthenticationExpiredError,
} from "@nats-io/nats-core";
import { anotherDevice, type Explained, whyTurnedAway } from "./explained.ts";
import { Failure } from "./failure.ts";
import { refusals } from "./refusals.ts";

/** Puts an error into words. */
export function explain(error: unknown): Explained {
  if (error instanceof Failure) {
    const { message: what, next, cause } = error;
    const why = cause === undefined ? undefined : inner(cause);
    return { what, ...(why !== undefined && { why }), ...(next !== undefined && { next }) };
  }
  if (error instanceof Refusal) return ofRefusal(error);
  if (error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError) return notLetIn;
  if (error instanceof NobodyAnswersError) {
    return {
      what: "nobody answers there",
      why: "what you asked for is not served at this moment, or is not shared with you any more",
      next: "natster ls",
    };
  }
  if (error instanceof NoAnswerError || error instanceof TimeoutError) {
    return { what: "no answer came in time", why: inner(error), next: "the same again, or with --timeout 60" };
  }
  if (error instanceof ClosedConnectionError || error instanceof ConnectionError) {
    return systemError(error) ?? { what: "the system cannot be reached", why: inner(error), next: "natster doctor" };
  }
  // It is what the owner's machine refused that says why.
  if (error instanceof Error && error.name === "NotAdmittedError") return explain(error.cause);
  if (error instanceof Error && named[error.name]) return { what: error.message, ...named[error.name] };
  const system = systemError(error);
  if (system) return system;
  return { what: inner(error), next: "the same with --debug shows more" };
}

/** A fault says nothing of its cause: that is in the log of the service that had it, by an identifier. */
function ofRefusal({ reason, message, errorId }: Refusal): Explained {
  const known = refusals[reason] ?? { what: message };
  if (reason !== "internal" || errorId === undefined) return known;
  return { ...known, why: message, next: `look for ${errorId} in its log, or have whoever runs the system do so` };
}

/** Errors of packages that are loaded only where they are needed, by name. */
const named: Readonly<Record<string, Omit<Explained, "what">>> = {
  DeviceRevokedError: { next: "natster redeem, with a code from another device of yours" },
  DiskFullError: { next: "df -h, make room, and the same again: it goes on where it is" },
  OtherMirrorError: { next: "the same into a folder of its own: natster get WHAT FOLDER" },
  MirrorBusyError: { next: "wait until that one has ended" },
  EmptyCatalogError: { next: "natster ls, and the same without --prune" },
  StalledError: { next: "the same again" },
  NotAnsweredYetError: { next: "the same again, when the machine of whoever made the code is on" },
  NotAppliedYetError: { next: "natster ls, in a moment" },
  NoStorageError: { next: "df -h of the folder where nats-server keeps its streams" },
  LobbyShutError: { why: "it has lost the account by which they come", next: "ask whoever runs the system" },
  DigestMismatchError: { next: "the same again" },
  NoFolderError: { next: "choose another folder" },
};

const notLetIn: Explained = {
  what: "nats-server does not let this device in",
  why: whyTurnedAway,
  next: anotherDevice,
};

const untrusted = (): Explained => ({
  what: "the certificate of the system is by an authority that this machine does not know",
  next: "the same with --ca FILE, the authority (ca.crt) that whoever runs the system gives you",
});

/** What OpenSSL says where it knows no authority that signed, or knows one of the same name alone. */
const untrustedCodes = [
  "CERT_SIGNATURE_FAILURE",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
];

/** Whether a certificate is by an authority that is not known. */
export const isUntrusted = (error: unknown): boolean =>
  error instanceof Error &&
  (("code" in error && untrustedCodes.some((code) => code === error.code)) || isUntrusted(error.cause));

const systemErrors: Readonly<Record<string, (path: string) => Explained>> = {
  ENOSPC: (path) => ({ what: `the disk is full${at(path)}`, next: "df -h, make room, and the same again" }),
  EDQUOT: (path) => ({ what: `your quota is used up${at(path)}`, next: "quota, make room, and the same again" }),
  EACCES: (path) => ({ what: `you may not read or write${at(path)}`, next: `ls -ld ${standing(path)}` }),
  EPERM: (path) => ({ what: `you may not do that${at(path)}`, next: `ls -ld ${standing(path)}` }),
  EROFS: (path) => ({ what: `that is on a disk that cannot be written${at(path)}`, next: "choose another folder" }),
  ENOENT: (path) => ({ what: `there is no ${path || "such file"}`, next: `ls ${path && standing(path)}`.trim() }),
  ENOTDIR: (path) => ({ what: `${path || "that"} is not a folder`, next: "choose another folder" }),
  EISDIR: (path) => ({ what: `${path || "that"} is a folder`, next: "choose another name" }),
  EEXIST: (path) => ({ what: `${path || "that"} is there already`, next: "choose another name" }),
  EADDRINUSE: () => ({ what: "another program listens on that port", next: "natster up --listen 127.0.0.1:0" }),
  EADDRNOTAVAIL: () => ({ what: "this machine has no such address", next: "natster up --listen 127.0.0.1:0" }),
  ECONNREFUSED: () => ({ what: "the system cannot be reached", why: "nobody listens there", next: "natster doctor" }),
  ...Object.fromEntries(untrustedCodes.map((code) => [code, untrusted])),
  CERT_HAS_EXPIRED: () => ({ what: "the certificate of the system has run out", next: "ask whoever runs the system" }),
  ERR_TLS_CERT_ALTNAME_INVALID: () => ({
    what: "the certificate of the system is for another name",
    next: "look at the address again",
  }),
  ENOTFOUND: () => ({ what: "the system cannot be reached", why: "there is no such host", next: "natster doctor" }),
};

/** Where one sees why: what is there of a path, and the folder that it is in. */
function standing(path: string): string {
  const folder = dirname(path);
  if (folder === path || path === "") return folder;
  return existsSync(path) ? `${folder} ${path}` : standing(folder);
}

const at = (path: string): string => (path ? `: ${path}` : "");

/** What the operating system refused, or TLS; it may lie behind other errors. */
export function systemError(error: unknown): Explained | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const code = "code" in each && typeof each.code === "string" ? each.code : "";
    // Of two, the place where something was to go.
    const place = "dest" in each ? each.dest : "path" in each ? each.path : "";
    const path = typeof place === "string" ? place : "";
    const found = systemErrors[code];
    if (found) return found(path);
  }
  return undefined;
}

const inner = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.message || error.name;
};
