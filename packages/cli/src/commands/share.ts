import { AccountKey, CatalogName, Instant, Label } from "@natster/contracts";
import { publish, share } from "@natster/person";
import * as z from "zod";
import { leasesOfContext } from "../context/codes.ts";
import { defineCommand } from "../define.ts";
import { UsageError } from "../failure.ts";
import { onlyHere, showPassed } from "../output/code.ts";
import { counted, moment } from "../output/words.ts";
import { folderMeant, serveFolder } from "../serving/folder.ts";
import { askToServe, leftOutOf } from "../serving/here.ts";
import { serveHere, stayUntilInterrupted } from "../serving/stay.ts";
import { connectAs } from "../system/connect.ts";
import { DurationTyped } from "../system/duration.ts";
import { accountOf, called, PersonTyped } from "../system/people.ts";
import { linkFor, ShareLink } from "../system/share-link.ts";

export default defineCommand({
  about:
    "Share a folder, or a catalog of yours: with somebody by name, or by a link that the first one to open it can use. A folder becomes a catalog; the process that serves this machine takes it over, or this command stays and serves it.",
  arguments: [
    ["<what>", "a folder, or the name of a catalog"],
    ["[with]", "@handle, or the key of an account"],
  ],
  options: [
    ["-e, --expires <duration>", "end it after a time: 12h, 7d"],
    [
      "--renew",
      "with --expires: renewed while natster up or natster serve runs here, and ended when it has not for so long",
    ],
    ["--name <name>", "the catalog's name, where it is not to be the folder's"],
    ["--description <text>", "what it holds, in a line"],
    ["--public", "with every account of the system, without a link"],
    ["--for <person>", "only this account may use the link: @handle or a key"],
    ["--dotfiles", "with files and folders whose names begin with a dot, from now on"],
    ["--no-dotfiles", "without them, as at first"],
  ],
  completes: "catalogs",
  examples: [
    ["natster share ~/Photos", "by a link, a QR code and a short code, for one person"],
    ["natster share photos @bob", "share it with Bob"],
    ["natster share ~/Talks @bob --expires 7d", "both, for a week"],
  ],
  input: z.object({
    what: z.string().min(1),
    with: PersonTyped.optional(),
    expires: DurationTyped.optional(),
    renew: z.boolean().default(false),
    name: CatalogName.optional(),
    description: Label.optional(),
    public: z.boolean().default(false),
    for: PersonTyped.optional(),
    dotfiles: z.boolean().optional(),
  }),
  output: z.strictObject({
    catalog: CatalogName,
    /** The folder, where one was named. */
    root: z.string().optional(),
    files: z.int().optional(),
    /** How many things in it are not files, lead out of it or cannot be read; and the log that names them. */
    leftOut: z.int().optional(),
    log: z.string().optional(),
    /** By the process that serves this machine, or by this command for as long as it runs. */
    servedBy: z.enum(["machine", "here"]).optional(),
    recipient: AccountKey.optional(),
    /** As it was typed. */
    with: z.string().optional(),
    expires: Instant.optional(),
    public: z.boolean(),
    /** For whoever opens it first. */
    link: ShareLink.optional(),
  }),
  async run({ input, globals, ui, signal, say }) {
    const { expires } = input;
    if (input.public && input.with) throw new UsageError("--public is with everybody, and needs nobody named");
    if (input.renew && (expires === undefined || expires < shortestLease || !input.with)) {
      throw new UsageError("--renew is for somebody by name, with --expires of ten minutes or more");
    }
    if (input.for && (input.public || input.with)) throw new UsageError("--for is for a link");
    await using person = await connectAs(globals);
    const folder = await folderMeant(person, input.what);
    // Before anything is made: whoever mistypes a handle leaves nothing behind.
    const recipient = input.with && (await accountOf(person, input.with, ui));
    const audience = input.for && (await accountOf(person, input.for, ui));
    const signing = await person.signing();
    if (input.renew) await person.key();

    const served = folder === undefined ? undefined : await serveFolder(person, folder, input, globals, { signal, ui });
    await using agent = served?.agent;
    const catalog = served?.catalog ?? CatalogName.parse(input.what);
    const until = expires === undefined ? undefined : Math.floor(Date.now() / 1_000) + expires;
    const ends = until !== undefined && { until };
    if (recipient) {
      const issuedAt = Math.floor(Date.now() / 1_000);
      await share(person, signing.signer, { catalog, recipient, ...(until !== undefined && { expires: until }) });
      const leases = leasesOfContext(person.context);
      if (input.renew && expires !== undefined && until !== undefined)
        await leases.save({ catalog, recipient, lasts: expires, issuedAt, expires: until });
      else await leases.remove({ catalog, recipient });
    }
    if (input.public) await publish(person, signing.signer, { catalog, ...ends });
    const link = recipient || input.public ? undefined : await linkFor(person, signing, catalog, ends, audience);
    // Whoever gets the link is answered by a process that serves with the account's key; without one, this is it.
    await using answering =
      link && signing.here && !served && !(await askToServe(person))
        ? await serveHere(person, globals, { signal, ui })
        : undefined;
    const staying = agent ?? answering;
    say({
      catalog,
      ...(served && { root: folder, files: served.files, leftOut: served.leftOut, log: served.log }),
      ...((served ?? link) && { servedBy: staying ? ("here" as const) : ("machine" as const) }),
      public: input.public,
      ...(link && { link }),
      ...(recipient && { recipient }),
      ...(input.with && { with: called(input.with) }),
      ...(until !== undefined && { expires: new Date(until * 1_000).toISOString() }),
    });
    if (staying) await stayUntilInterrupted(staying, signal);
  },
  show(said, ui) {
    const { catalog, root, files = 0, leftOut = 0, log = "", servedBy, expires } = said;
    if (ui.quiet && !said.link) return;
    if (root !== undefined && !ui.quiet)
      ui.out(`${ui.style("green", "●")} ${catalog} is ${root}, ${counted(files, "file")}`);
    const omitted = leftOutOf([{ leftOut }], log);
    if (omitted !== undefined) ui.note(omitted);
    const until = expires === undefined ? "" : ` until ${moment(expires)}`;
    if (said.public) ui.out(`everybody here may read ${catalog}${until}; natster unpublish ${catalog} takes it back`);
    if (said.link) {
      showPassed(ui, `Whoever opens this first may read ${catalog}${until}:`, said.link);
      if (said.link.link !== undefined) ui.note(`On a command line:\n  natster get '${said.link.link}'`);
      if (said.link.onlyHere) ui.note(onlyHere);
      const { open = 1 } = said.link;
      if (open > 1) ui.note(`${open} links to ${catalog} are open, each for one person; natster codes withdraws them`);
    }
    if (said.with !== undefined)
      ui.out(`shared with ${said.with}${until}; natster unshare ${catalog} ${said.with} takes it back`);
    if (servedBy === "here") {
      ui.note("No process serves this machine's folders, so this one does for as long as it runs; Ctrl-C ends it.");
      ui.note("natster up or natster serve would keep it served.");
    }
  },
});

/** The serving process looks each minute, and a lease is renewed in its last third. In seconds. */
const shortestLease = 600;
