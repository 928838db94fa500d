import { UserKey } from "@natster/contracts";
import { revokeDevice } from "@natster/person";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { Failure } from "../../failure.ts";
import { connectAs } from "../../system/connect.ts";
import { deviceMeant } from "../../system/devices.ts";

export default defineCommand({
  about: "Revoke a device of yours: nats-server lets it in no more, and cuts it off where it is connected.",
  arguments: [["<device>", "its name, or the beginning of its key"]],
  examples: [["natster devices revoke phone", "a phone that was lost"]],
  deed: true,
  input: z.object({ device: z.string().min(1) }),
  output: z.strictObject({ user: UserKey, name: z.string() }),
  async run({ input, globals, say }) {
    await using person = await connectAs(globals);
    const { user, name } = await deviceMeant(person, input.device);
    const { system } = person.context;
    if (user === person.user && system !== undefined) {
      throw new Failure(`this is the device of whoever runs the system in ${system}`, {
        next: "natster devices renew gives this machine a new one, and revokes this",
      });
    }
    await revokeDevice(person, user, await person.context.accountKey());
    say({ user, name });
  },
  show({ user, name }, ui) {
    ui.out(`revoked ${name} (${user.slice(0, 12)})`);
  },
});
