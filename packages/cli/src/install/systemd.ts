/** systemd, for one user: where their units are, and what is asked of it. */
import { execFile } from "node:child_process";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

/** Where a user's units are, by the XDG Base Directory Specification. */
export function unitsDirectory(): string {
  const named = process.env["XDG_CONFIG_HOME"];
  return join(named !== undefined && isAbsolute(named) ? named : join(homedir(), ".config"), "systemd", "user");
}

/** What systemctl said: nothing where it did as it was asked, and why not where it did not. */
export function systemctl(...args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile("systemctl", ["--user", "--no-pager", ...args], { timeout: 30_000 }, (error, _, said) => {
      if (!error) resolve(undefined);
      else if (error.code === "ENOENT") resolve("there is no systemctl on this machine");
      else resolve(said.trim().split("\n")[0] || error.message);
    });
  });
}
