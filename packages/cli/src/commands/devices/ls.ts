import { Device } from "@natster/contracts/library";
import * as z from "zod";
import { defineCommand } from "../../define.ts";
import { table } from "../../output/table.ts";
import { moment } from "../../output/words.ts";
import { connectAs } from "../../system/connect.ts";
import { rowsOf } from "../../system/pages.ts";

export default defineCommand({
  about: "List the devices of your account. This one has a star.",
  examples: [["natster devices", "each with what it may do, and until when"]],
  input: z.object({}),
  output: z.strictObject({ devices: z.array(Device.extend({ thisOne: z.boolean() })) }),
  async run({ globals, say }) {
    await using person = await connectAs(globals);
    const devices = await Array.fromAsync(rowsOf(person.library.devices, {}));
    say({ devices: devices.map((device) => ({ ...device, thisOne: device.user === person.user })) });
  },
  show({ devices }, ui) {
    table(ui, devices, [
      { title: " ", text: ({ thisOne }) => (thisOne ? "*" : " ") },
      { title: "NAME", text: ({ name }) => name, flexible: true },
      { title: "ROLE", text: ({ role }) => role },
      { title: "KEY", text: ({ user }) => user.slice(0, 8) },
      { title: "SINCE", text: ({ since }) => moment(since), optional: true },
      { title: "UNTIL", text: ({ expires }) => (expires === undefined ? "" : moment(expires)), optional: true },
      { title: "SIGNS", text: ({ role, maySign }) => (role === "owner" || maySign ? "yes" : ""), optional: true },
    ]);
  },
});
