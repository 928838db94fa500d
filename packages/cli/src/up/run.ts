/** Runs a system until somebody interrupts, or until it cannot go on. */
import { findNatsServer } from "@natster/nats-server";
import { runSystem } from "@natster/standalone";
import type { Ready, UpCall } from "../commands/up.ts";
import { makePrivate } from "../context/files.ts";
import { showDoing } from "../output/progress.ts";
import { explain } from "../explain.ts";
import { Failure } from "../failure.ts";
import { startServing } from "../serving/device.ts";
import { connectAs } from "../system/connect.ts";
import { isInBackground, tellStarter } from "./background.ts";
import { keepServing } from "./keep-serving.ts";
import { ownerOf, settleOwner, usualHandle } from "./owner.ts";
import { pageRoot } from "./page-root.ts";
import { signInCode } from "./sign-in.ts";
import { whyNot } from "./why-not.ts";

/** Runs it; whoever started this process in the background is told how that went. Throws `Failure`. */
export async function run(call: UpCall, directory: string): Promise<void> {
  try {
    await up(call, directory);
  } catch (error) {
    const why = whyNot(error, directory);
    if (isInBackground()) tellStarter({ failed: explain(why) });
    throw why;
  }
}

async function up({ input, globals, ui, signal, say }: UpCall, directory: string): Promise<void> {
  await makePrivate(directory);
  // On a machine that has much to do already, what a start asks takes longer than what one asks later.
  const timeout = globals.within(60_000);
  const owner = await ownerOf(directory, globals.context);
  using doing = showDoing(ui, owner.context ? "starting the system" : "making a system and your account");
  const { path: binary } = await findNatsServer({ tell: (slow) => ui.note(slow) });
  signal.throwIfAborted();
  await using system = await runSystem({
    directory,
    administrator: owner.key.public,
    binary,
    registration: input.registration,
    pageRoot: pageRoot(),
    tell: (what) => ui.note(what),
    signal,
    ...(input.listen !== undefined && { listen: input.listen }),
    ...(input.publicUrl !== undefined && { publicUrl: input.publicUrl }),
    ...(input.tlsCert !== undefined &&
      input.tlsKey !== undefined && { tls: { cert: input.tlsCert, key: input.tlsKey } }),
  });
  const { place, installation, logFile } = system.platform;
  const handle = input.handle ?? usualHandle();
  const context = await settleOwner(owner, {
    place,
    installation,
    directory,
    handle,
    timeout,
    signal,
    tell: (what) => ui.note(what),
  });
  if (context.page !== undefined) await system.announce(context.page);
  signal.throwIfAborted();

  await using person = await connectAs({ ...globals, timeout, context: context.name });
  const signIn = signInCode(person);
  // Awaited below, when the folders are served.
  signIn.catch(() => {});
  const log = system.platform.log.child({ service: "file-server" });
  const tell = (what: string) => {
    log.warn(what);
    ui.note(what);
  };
  const serve = () => startServing(person, { log, timeout, limit: input.limitRate, signal }, tell);
  if (isInBackground()) tellStarter({ waitsFor: "the folders that you share to be looked through" });
  await using serving = await keepServing(serve, tell);
  const ready: Ready = {
    directory,
    page: context.page ?? "",
    signIn: await signIn,
    context: context.name,
    account: context.account,
    serving: serving.states().length,
    log: logFile,
  };
  doing[Symbol.dispose]();
  if (isInBackground()) tellStarter({ ready });
  else say(ready);
  if (!globals.json && !isInBackground()) ui.note("Ctrl-C ends it; nothing is lost.");

  const ended = await Promise.race([aborted(signal), system.failed, serving.failed]);
  if (ended) throw new Failure(ended.message, { cause: ended.cause, next: `less ${logFile}` });
}

const aborted = (signal: AbortSignal): Promise<undefined> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true });
  });
