import { Label, UserKey } from "@natster/contracts";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { connectAs } from "../../system/connect.ts";
import { deviceMeant } from "../../system/devices.ts";

export default defineCommand({
  about: "Give a device of yours another name.",
  arguments: [
    ["<device>", "its name, or the beginning of its key"],
    ["<name>", "the new one"],
  ],
  examples: [["natster devices rename browser 'phone'", "so that you know which it is"]],
  deed: true,
  input: z.object({ device: z.string().min(1), name: Label.min(1) }),
  output: z.strictObject({ user: UserKey, name: z.string() }),
  async run({ input: { device, name }, globals, say }) {
    await using person = await connectAs(globals);
    const { user } = await deviceMeant(person, device);
    await person.accounts.deviceRename({ user, name });
    say({ user, name });
  },
  show({ user, name }, ui) {
    ui.out(`${user.slice(0, 12)} is ${name}`);
  },
});
