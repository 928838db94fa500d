/** Which device is meant. */
import type { UserKey } from "@natster/contracts";
import { Failure } from "../failure.ts";
import type { Connected } from "./connect.ts";
import { rowsOf } from "./pages.ts";

/** The device whose key begins so, or that has this name. Throws `Failure` where that is none, or more than one. */
export async function deviceMeant(person: Connected, typed: string): Promise<{ user: UserKey; name: string }> {
  const devices = await Array.fromAsync(rowsOf(person.library.devices, {}));
  const found = devices.filter(({ user, name }) => name === typed || user.startsWith(typed.toUpperCase()));
  const [device] = found;
  if (device && found.length === 1) return device;
  throw new Failure(device ? `${found.length} devices are meant by ${typed}` : `you have no device ${typed}`, {
    next: "natster devices, and more of the key",
  });
}
