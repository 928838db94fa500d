/** Ways in for whoever has read the story: a context for the `nats` command, and a link to the page. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Writes creds and a context beside one another, each readable by its owner alone; returns the context's path. */
export async function writeNatsContext(directory: string, name: string, url: string, creds: string): Promise<string> {
  const credsFile = join(directory, `${name}.creds`);
  const context = join(directory, `${name}.json`);
  await writeFile(credsFile, creds, { mode: 0o600 });
  await writeFile(context, JSON.stringify({ description: `${name} in Natster`, url, creds: credsFile }, null, 2), {
    mode: 0o600,
  });
  return context;
}

/** A link that opens the page signed in as a device. Its fragment holds the device's creds, and is sent to no server. */
export const signInLink = (page: string, creds: string): string =>
  `${page}#device=${Buffer.from(creds).toString("base64url")}`;
