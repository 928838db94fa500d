/** Which device may change another. */
import type { UserKey } from "@natster/contracts";
import { type Caller, kitRefusal } from "@natster/micro";

/** Every device may change itself, and another only one that owns the account. Throws `wrong_role`. */
export function mayTouch({ user, role }: Caller, device: UserKey): void {
  if (user !== device && role !== "owner") throw kitRefusal("wrong_role");
}
