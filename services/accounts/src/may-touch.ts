/** Which device may change another. */
import type { UserKey } from "@natster/contracts";
import { type Caller, kitRefusal } from "@natster/micro";

/** Every device may change itself; another only one that owns the account or serves for it. Throws `wrong_role`. */
export function mayTouch({ user, role }: Caller, device: UserKey): void {
  if (user !== device && role !== "owner" && role !== "server") throw kitRefusal("wrong_role");
}
