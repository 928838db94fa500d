/** A folder that somebody names becomes a catalog that is served. */
import { realpath, stat } from "node:fs/promises";
import { homedir } from "node:os";
import { resolve } from "node:path";
import { CatalogName } from "@natster/contracts";
import type { ServedState } from "@natster/contracts/serving";
import { isRefusal } from "@natster/micro/client";
import type { Globals } from "../define.ts";
import { Failure } from "../failure.ts";
import { showDoing } from "../output/progress.ts";
import type { Ui } from "../output/ui.ts";
import type { Connected } from "../system/connect.ts";
import type { Agent } from "./agent.ts";
import { askToServe, losesLetters, nameOfServed } from "./here.ts";
import { logOfServing } from "./log.ts";
import { makeCatalog, type NewCatalog } from "./make.ts";
import { checkServed, serveHere } from "./stay.ts";

/** The folder that is meant; undefined where it is a catalog. A name that is both is the catalog; `./name` the folder. */
export async function folderMeant(person: Connected, what: string): Promise<string | undefined> {
  const path = resolve(what.replace(/^~(?=\/|$)/, homedir()));
  const found = await stat(path).catch(() => undefined);
  const isFolder = found?.isDirectory();
  const name = CatalogName.safeParse(what);
  const looksLikePath = /[/\\]|^[.~]/.test(what) || !name.success;
  if (isFolder && looksLikePath) return realpath(path);
  if (looksLikePath && found)
    throw new Failure(`${path} is a file, and what is shared is a folder`, {
      next: "natster share DIR, a folder that holds it and nothing else",
    });
  if (looksLikePath)
    throw new Failure(`there is no folder ${path}`, { next: "natster share DIR, or: natster catalog ls" });
  const known = await exists(person, name.data);
  if (known) return undefined;
  if (isFolder) return realpath(path);
  throw new Failure(`there is no catalog ${what} of yours, and no folder ${path}`, { next: "natster catalog ls" });
}

const exists = (person: Connected, catalog: CatalogName): Promise<boolean> =>
  person.library.catalog({ owner: person.account, catalog }).then(
    () => true,
    (error: unknown) => {
      if (isRefusal(error, "catalog_unknown")) return false;
      throw error;
    },
  );

interface ServedFolder extends Pick<ServedState, "catalog" | "files" | "leftOut"> {
  /** Where the process that serves it says what it leaves out. */
  readonly log: string;
  /** The process that serves it, where it is this one. */
  readonly agent: Agent | undefined;
}

/** Makes a folder a catalog, where it is none yet, and has it served. */
export async function serveFolder(
  person: Connected,
  root: string,
  { name, description, dotfiles }: NewCatalog,
  globals: Globals,
  call: { readonly signal: AbortSignal; readonly ui: Ui },
): Promise<ServedFolder> {
  const known = await nameOfServed(person.context, root);
  const isNew = known === undefined;
  const before = known !== undefined && (await person.context.served())[known]?.dotfiles;
  const catalog = await makeCatalog(person, root, { name, description, dotfiles });
  if (isNew && name === undefined && losesLetters(root)) {
    call.ui.note(
      `the catalog is called ${catalog}, since names are of a to z, 0 to 9 and dashes; --name gives another`,
    );
  }
  if (dotfiles !== undefined && dotfiles !== before) {
    call.ui.note(
      `files and folders whose names begin with a dot are ${dotfiles ? "in" : "out of"} ${catalog} from now on`,
    );
  }
  using _doing = showDoing(call.ui, "looking through the folder");
  const asked = await askToServe(person);
  const found = async (states: readonly ServedState[], agent?: Agent): Promise<ServedFolder> => {
    const { files, leftOut } = checkServed(states, catalog);
    return { catalog, files, leftOut, log: await logOfServing(person.context), agent };
  };
  if (asked) return found(asked);

  const agent = await serveHere(person, globals, call);
  try {
    return await found(agent.states(), agent);
  } catch (error) {
    await agent[Symbol.asyncDispose]();
    throw error;
  }
}
