/** What is never served, whatever is asked: the folders where Natster keeps its own keys. */
import { contextNames, openContext } from "../context/context.ts";
import { ownFolders } from "../context/paths.ts";
import { Failure } from "../failure.ts";
import { isIn, realPlace } from "../get/target.ts";

/** Throws `Failure` where a folder holds one that is Natster's own, or lies in it: keys would be served, now or later. */
export async function checkNotOwn(folder: string): Promise<void> {
  const place = realPlace(folder);
  // One that cannot be read is no reason to serve nothing.
  const contexts = await Promise.allSettled((await contextNames()).map(openContext));
  const systems = contexts.flatMap((context) => (context.status === "fulfilled" ? (context.value.system ?? []) : []));
  for (const own of [...ownFolders(), ...systems].map(realPlace)) {
    if (!isIn(own, place) && !isIn(place, own)) continue;
    throw new Failure(`${folder} cannot be shared: Natster keeps what is its own, keys too, in ${own}`, {
      next: "natster share DIR, a folder that holds what is to be shared, such as ~/Photos",
    });
  }
}
