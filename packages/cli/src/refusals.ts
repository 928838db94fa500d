/** What the services refuse, in words for whoever typed the command. By the contracts' own reasons. */
import type { Explained } from "./explain.ts";

export const refusals: Readonly<Record<string, Explained>> = {
  account_unknown: { what: "the system does not know this account", next: "natster doctor" },
  account_closed: { what: "this account was closed, for good", next: "natster context ls, and use another" },
  already_imported: { what: "you have accepted it already", next: "natster drop, to give it up" },
  catalog_exists: { what: "you have a catalog of that name already", next: "natster catalog ls" },
  catalog_unknown: { what: "there is no such catalog", next: "natster ls" },
  claims_invalid: {
    what: "the system did not accept the signature",
    why: "the clocks may differ",
    next: "natster doctor",
  },
  code_claimed: { what: "that code was used already", next: "ask for a new one" },
  code_needed: {
    what: "this system admits people by code only",
    next: "natster redeem CODE, with one from somebody there",
  },
  code_unknown: { what: "there is no such code, or its time has run out", next: "ask for a new one" },
  code_used: { what: "that code was issued before", next: "the same again" },
  code_wrong: { what: "that code is not right", why: "a letter may be missing or wrong", next: "look at it again" },
  device_invalid: {
    what: "the system did not accept the device",
    why: "the clocks may differ",
    next: "natster doctor",
  },
  device_outdated: { what: "that device was revoked a moment ago", next: "the same again" },
  device_unknown: { what: "there is no such device", next: "natster devices" },
  behind: { what: "the system has not caught up yet", next: "the same again, in a moment" },
  changed: { what: "the file changed while it was read", next: "the same again" },
  file_unknown: { what: "the file is not there any more", next: "natster ls" },
  grant_invalid: { what: "the system did not accept the grant", why: "the clocks may differ", next: "natster doctor" },
  grant_outdated: { what: "it was taken back a moment ago", next: "the same again" },
  handle_taken: { what: "somebody else has that handle", next: "choose another" },
  not_allowed: { what: "only administrators of the system may do that", next: "natster whoami" },
  person_unknown: { what: "nobody has that handle or account", next: "look at how it is written" },
  projection_unknown: { what: "there is no such projection", next: "natster ops status" },
  recipient_self: { what: "that is yourself", next: "choose somebody else" },
  recipient_unknown: { what: "nobody has that account", next: "look at how it is written" },
  registration_closed: { what: "this system admits nobody new", next: "ask who runs it" },
  share_unknown: { what: "nothing is shared there", next: "natster inbox, or: natster ls" },
  unavailable: { what: "the system is busy or starting", next: "the same again, in a moment" },
};
