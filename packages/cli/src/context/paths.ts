/** Where things are kept, by the XDG Base Directory Specification. */
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Contexts: who one is, on which system. */
export const contextsDirectory = (): string => join(base("XDG_CONFIG_HOME", ".config"), "contexts");

/** Which context is in use. */
export const currentFile = (): string => join(base("XDG_CONFIG_HOME", ".config"), "current");

/** The system that `natster up` runs where no other folder is named. */
export const systemDirectory = (): string => join(base("XDG_DATA_HOME", ".local", "share"), "system");

/** What was found in folders that are served, for the next start. */
export const indexFolder = (): string => join(base("XDG_CACHE_HOME", ".cache"), "index");

/** What serving processes keep of what was taken back. */
export const revokedFolder = (): string => join(base("XDG_STATE_HOME", ".local", "state"), "revoked");

/** What single files were fetched to where. */
export const fetchedFolder = (): string => join(base("XDG_STATE_HOME", ".local", "state"), "fetched");

/** Every folder that is Natster's own: keys, systems, and what it knows of what is served. */
export const ownFolders = (): string[] => [
  base("XDG_CONFIG_HOME", ".config"),
  base("XDG_DATA_HOME", ".local", "share"),
  base("XDG_CACHE_HOME", ".cache"),
  base("XDG_STATE_HOME", ".local", "state"),
];

function base(variable: string, ...usual: string[]): string {
  const named = process.env[variable];
  // A relative path there is to be ignored, says the specification.
  const root = named !== undefined && isAbsolute(named) ? named : join(homedir(), ...usual);
  return join(root, "natster");
}
