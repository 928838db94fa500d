import { FeedNotice } from "@natster/contracts/library";
import { notices } from "@natster/person";
import * as z from "zod";
import { defineCommand } from "../define.ts";
import { Failure } from "../failure.ts";
import { counted } from "../output/words.ts";
import { connectAs } from "../system/connect.ts";
import { namesFor, type Names } from "../system/people.ts";
import { written } from "../system/reference.ts";
import { tellOfWaiting } from "../system/waiting.ts";

export default defineCommand({
  about: "Print what happens to your account, as it happens, until Ctrl-C.",
  examples: [["natster watch", "who shares, who accepts, what comes and goes"]],
  input: z.object({}),
  output: z.strictObject({ at: z.iso.datetime(), text: z.string(), notice: FeedNotice }),
  documents: "many",
  async run({ globals, ui, signal, say }) {
    await using person = await connectAs(globals);
    const names = await namesFor(person);
    const end = () => void person.connection.close();
    signal.addEventListener("abort", end, { once: true });
    void tellOfWaiting(person, ui);
    ui.note("watching; Ctrl-C ends it");
    for await (const notice of notices(person)) {
      say({ at: new Date().toISOString(), text: await inWords(notice, names, person.account), notice });
    }
    signal.throwIfAborted();
    throw (await person.ended) ?? new Failure("the connection has ended", { next: "natster doctor" });
  },
  show({ at, text }, ui) {
    ui.out(`${ui.style("dim", new Date(at).toTimeString().slice(0, 8))}  ${text}`);
  },
});

const deeds = {
  shared: "shared with",
  unshared: "taken back from",
  imported: "accepted by",
  declined: "turned down by",
  dropped: "given up by",
} as const;

async function inWords(notice: z.output<typeof FeedNotice>, names: Names, me: string): Promise<string> {
  const who = async (account: Parameters<Names["of"]>[0]) => (account === me ? "you" : names.of(account));
  switch (notice.kind) {
    case "parked":
      return `projection ${notice.projection} could not take in event ${notice.sequence}: ${notice.reason}`;
    case "account":
      return "your account has changed";
    case "device":
      return `device ${notice.user.slice(0, 12)} has changed`;
    case "code":
      return `code ${notice.code}-… was ${notice.event}`;
    case "tries":
      return `code ${notice.code}-… was tried wrongly, ${counted(notice.count, "time")} by now`;
    case "presence": {
      const name = written(notice.owner === me ? undefined : await names.of(notice.owner), notice.catalog);
      return notice.online ? `${name} is served (revision ${notice.revision ?? "?"})` : `${name} is served no more`;
    }
    case "catalog":
      return `catalog ${written(notice.owner === me ? undefined : await names.of(notice.owner), notice.catalog)} has changed`;
    case "share": {
      const name = written(notice.owner === me ? undefined : await names.of(notice.owner), notice.catalog);
      return `${name} was ${deeds[notice.event]} ${await who(notice.recipient)}`;
    }
  }
}
