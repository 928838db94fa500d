import { UserKey } from "@natster/contracts";
import { revokeDevice } from "@natster/person";
import { userOf } from "@natster/trust";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { accountKeyOf, connectAs, contextMeant } from "../../system/connect.ts";
import { freshDevice, withDevice } from "../../system/fresh-device.ts";
import { rowsOf } from "../../system/pages.ts";
import { placeOf } from "../../system/place.ts";

export default defineCommand({
  about:
    "Make this machine a new device of your account, with the account's own key, and revoke the one that it was: where that was revoked, has run out, or may be in somebody else's hands.",
  examples: [["natster devices renew", "on a machine that natster whoami says can sign"]],
  deed: true,
  input: z.object({}),
  output: z.strictObject({ user: UserKey, was: UserKey.optional() }),
  async run({ globals, say }) {
    const context = await contextMeant(globals);
    const key = await accountKeyOf(context);
    const before = await context.creds().then(
      (creds) => userOf(creds).user,
      () => undefined,
    );
    await withDevice(context, await freshDevice(placeOf(context, globals.timeout), key, globals.timeout));
    await using person = await connectAs({ ...globals, context: context.name });
    const devices = await Array.fromAsync(rowsOf(person.library.devices, {}));
    const was = devices.find(({ user }) => user === before)?.user;
    if (was !== undefined) await revokeDevice(person, was, key);
    say({ user: person.user, ...(was !== undefined && { was }) });
  },
  show({ user, was }, ui) {
    ui.out(`this machine is device ${user.slice(0, 12)} now`);
    if (was !== undefined) ui.out(`revoked the one that it was (${was.slice(0, 12)})`);
  },
});
