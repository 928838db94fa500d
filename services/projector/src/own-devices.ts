import type { projector } from "@natster/contracts/library";
import type { Handler } from "@natster/micro";
import type { Library } from "./library.ts";
import { toPage } from "./page.ts";

/** `natster.library.devices`: the devices of the caller's account. */
export const ownDevices =
  ({ devices }: Library): Handler<typeof projector, "devices"> =>
  async ({ caller, request }) => {
    await devices.caughtUp(request.after);
    return toPage(await devices.rows.page(`${caller.account}.*`, request));
  };
