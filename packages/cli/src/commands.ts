/** Every command in a line. What a command needs is loaded when it is used, and not before. */
import type { Command } from "./define.ts";

/** A command, or a group of them. */
export type Entry =
  | { readonly summary: string; readonly load: () => Promise<{ readonly default: Command }> }
  | { readonly summary: string; readonly commands: Readonly<Record<string, Entry>> };

export const commands: Readonly<Record<string, Entry>> = {
  up: { summary: "run a whole system on this machine", load: () => import("./commands/up.ts") },
  down: { summary: "stop the system that runs on this machine", load: () => import("./commands/down.ts") },
  status: { summary: "say what runs on this machine", load: () => import("./commands/status.ts") },
  init: { summary: "register on a system that is open to newcomers", load: () => import("./commands/init.ts") },
  whoami: { summary: "say who you are, and on which system", load: () => import("./commands/whoami.ts") },
  rename: { summary: "be known by another handle", load: () => import("./commands/rename.ts") },
  close: { summary: "close your account for good", load: () => import("./commands/close.ts") },
  login: { summary: "sign in another device of yours", load: () => import("./commands/login.ts") },
  redeem: { summary: "redeem a link or a code", load: () => import("./commands/redeem.ts") },
  invite: { summary: "make a code that lets one person in", load: () => import("./commands/invite.ts") },
  codes: {
    summary: "list and withdraw links and codes",
    commands: {
      ls: { summary: "list those that somebody can still use", load: () => import("./commands/codes/ls.ts") },
      cancel: { summary: "withdraw one", load: () => import("./commands/codes/cancel.ts") },
    },
  },
  share: { summary: "share a folder, or a catalog of yours", load: () => import("./commands/share.ts") },
  unshare: { summary: "take a catalog back from somebody", load: () => import("./commands/unshare.ts") },
  publish: { summary: "let everybody read a catalog", load: () => import("./commands/publish.ts") },
  unpublish: { summary: "take that back", load: () => import("./commands/unpublish.ts") },
  serve: { summary: "serve this machine's folders", load: () => import("./commands/serve.ts") },
  inbox: { summary: "list what is offered to you", load: () => import("./commands/inbox.ts") },
  accept: { summary: "accept what is offered to you", load: () => import("./commands/accept.ts") },
  decline: { summary: "turn down what is offered to you", load: () => import("./commands/decline.ts") },
  drop: { summary: "give up what you have accepted", load: () => import("./commands/drop.ts") },
  ls: { summary: "list catalogs, or what is in one", load: () => import("./commands/ls.ts") },
  get: { summary: "fetch a file, a folder or a whole catalog", load: () => import("./commands/get.ts") },
  cat: { summary: "write a file to standard output", load: () => import("./commands/cat.ts") },
  stat: { summary: "say what is known of a file", load: () => import("./commands/stat.ts") },
  watch: { summary: "print what happens, as it happens", load: () => import("./commands/watch.ts") },
  activity: { summary: "list what happened to your account", load: () => import("./commands/activity.ts") },
  catalog: {
    summary: "make, list, describe and search catalogs",
    commands: {
      new: { summary: "make a catalog", load: () => import("./commands/catalog/new.ts") },
      ls: { summary: "list your own, and with whom each is shared", load: () => import("./commands/catalog/ls.ts") },
      describe: { summary: "say in a line what one holds", load: () => import("./commands/catalog/describe.ts") },
      rm: { summary: "give one up", load: () => import("./commands/catalog/rm.ts") },
      contents: { summary: "list every file, with its digest", load: () => import("./commands/catalog/contents.ts") },
      search: { summary: "find files by words", load: () => import("./commands/catalog/search.ts") },
    },
  },
  devices: {
    summary: "list, rename, renew and revoke your devices",
    commands: {
      ls: { summary: "list them", load: () => import("./commands/devices/ls.ts") },
      rename: { summary: "give one another name", load: () => import("./commands/devices/rename.ts") },
      renew: { summary: "make this machine a new one", load: () => import("./commands/devices/renew.ts") },
      revoke: { summary: "let one in no more", load: () => import("./commands/devices/revoke.ts") },
    },
  },
  context: {
    summary: "choose between the accounts on this machine",
    commands: {
      ls: { summary: "list them", load: () => import("./commands/context/ls.ts") },
      use: { summary: "use another from now on", load: () => import("./commands/context/use.ts") },
      rm: { summary: "take one off this machine", load: () => import("./commands/context/rm.ts") },
      export: { summary: "write one into a sealed file", load: () => import("./commands/context/export.ts") },
      import: { summary: "bring one back from such a file", load: () => import("./commands/context/import.ts") },
    },
  },
  forget: { summary: "trust a handle's new key", load: () => import("./commands/forget.ts") },
  ops: {
    summary: "look after a system: its log, projections and accounts",
    commands: {
      status: { summary: "say how each stands", load: () => import("./commands/ops/status.ts") },
      rebuild: { summary: "build one anew from the log", load: () => import("./commands/ops/rebuild.ts") },
      parked: { summary: "list what one could not take in", load: () => import("./commands/ops/parked.ts") },
      retry: { summary: "try that again", load: () => import("./commands/ops/retry.ts") },
      skip: { summary: "go on without one event", load: () => import("./commands/ops/skip.ts") },
      suspend: { summary: "let an account in no more", load: () => import("./commands/ops/suspend.ts") },
      resume: { summary: "let it in again", load: () => import("./commands/ops/resume.ts") },
      limit: { summary: "give an account other limits", load: () => import("./commands/ops/limit.ts") },
      metrics: { summary: "serve figures for Prometheus", load: () => import("./commands/ops/metrics.ts") },
      backup: { summary: "write the log into a file", load: () => import("./commands/ops/backup.ts") },
      restore: { summary: "bring the log back from one", load: () => import("./commands/ops/restore.ts") },
    },
  },
  operator: {
    summary: "look after the keys of a system",
    commands: {
      init: { summary: "make them, for several machines", load: () => import("./commands/operator/init.ts") },
      provision: { summary: "make its streams and buckets", load: () => import("./commands/operator/provision.ts") },
      rotate: { summary: "move to the reserve", load: () => import("./commands/operator/rotate.ts") },
      renew: { summary: "name a new reserve after that", load: () => import("./commands/operator/renew.ts") },
      backup: { summary: "write them into a sealed file", load: () => import("./commands/operator/backup.ts") },
      restore: { summary: "bring them back from one", load: () => import("./commands/operator/restore.ts") },
    },
  },
  migrate: { summary: "take over a library of the Natster of 2024", load: () => import("./commands/migrate.ts") },
  doctor: { summary: "look for what is wrong, and how to mend it", load: () => import("./commands/doctor.ts") },
  completion: { summary: "print completion for bash, zsh or fish", load: () => import("./commands/completion.ts") },
};
