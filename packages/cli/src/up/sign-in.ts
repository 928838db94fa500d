/** A link that opens the page signed in. */
import { addDevice } from "@natster/person";
import { Failure } from "../failure.ts";
import type { Connected } from "../system/connect.ts";

const halfADay = 12 * 3600;

/**
 * Makes a device for a browser, which ends after twelve hours. The fragment of the link holds its creds, and is sent to
 * no server; whoever has the link is signed in.
 */
export async function signInLink(person: Connected): Promise<string> {
  const { context } = person;
  if (context.page === undefined) throw new Failure("this system has no page", { next: "natster doctor" });
  const creds = await addDevice(person, await person.key(), {
    name: "browser",
    role: "browser",
    administrator: context.administrator,
    maySign: true,
    expiresIn: halfADay,
  });
  return `${context.page}#device=${Buffer.from(creds).toString("base64url")}`;
}
