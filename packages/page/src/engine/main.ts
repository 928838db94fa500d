// oxlint-disable import/no-unassigned-import -- it is there for what it does
/** The engine as a shared worker: one for all tabs of this browser; it ends with the last of them. */
// First, since schemas are made while modules load.
import "../strict.ts";
import { serveTabs } from "./serve-tabs.ts";

/** The worker's name is the address of its page. */
const { name: page } = globalThis as unknown as { readonly name: string };
const serve = serveTabs(page);

addEventListener("connect", (event) => {
  if (event instanceof MessageEvent && event.ports[0]) serve(event.ports[0]);
});
// The browser knows sooner than any timer that the network is back.
addEventListener("online", () => serve.wake());
