import { AccountKey, Handle, UserKey } from "@natster/contracts";
import * as z from "zod";
import { ContextName } from "../context/context.ts";
import { defineCommand } from "../define.ts";
import { moment } from "../output/words.ts";
import { connectAs } from "../system/connect.ts";

export default defineCommand({
  examples: [["natster whoami", "your handle, your account's key, this device"]],
  input: z.object({}),
  output: z.strictObject({
    context: ContextName,
    handle: Handle.optional(),
    account: AccountKey,
    device: UserKey,
    /** Whether the account's own key is on this machine: then it can sign what is shared. */
    holdsKey: z.boolean(),
    administrator: z.boolean(),
    since: z.iso.datetime(),
    server: z.string(),
    page: z.url().optional(),
    /** For NATS's own tool: `nats --context PATH`. */
    natsContext: z.string(),
  }),
  async run({ globals, say }) {
    await using person = await connectAs(globals);
    const { context } = person;
    const { account, handle, since, administrator } = await person.library.whoami({});
    say({
      context: context.name,
      account,
      ...(handle !== undefined && { handle }),
      device: person.user,
      holdsKey: (await context.accountKey()) !== undefined,
      administrator,
      since,
      server: person.connection.getServer(),
      ...(context.page !== undefined && { page: context.page }),
      natsContext: `${context.directory}/nats.json`,
    });
  },
  show(me, ui) {
    const line = (name: string, value: string) => ui.out(`${ui.style("dim", name.padEnd(10))} ${value}`);
    line("handle", me.handle === undefined ? "none" : `@${me.handle}`);
    line("account", me.account);
    line("device", me.device);
    line("since", moment(me.since));
    line("can sign", me.holdsKey ? "yes, the account's key is here" : "no, the account's key is on another machine");
    if (me.administrator) line("role", "administrator of this system");
    line("context", me.context);
    line("server", me.server);
    if (me.page !== undefined) line("page", me.page);
    line("nats CLI", `nats --context ${me.natsContext} req natster.library.whoami ''`);
  },
});
