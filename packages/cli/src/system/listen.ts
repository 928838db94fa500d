/** An address to listen on, as people type it. */
import * as z from "zod";

/** `HOST:PORT`; port 0 is any that is free. */
export const ListenTyped = z.string().transform((text, context) => {
  const read = /^(?:\[(?<bracketed>[0-9a-f:]+)\]|(?<plain>[^:]+)):(?<port>\d{1,5})$/.exec(text)?.groups;
  const host = read?.["bracketed"] ?? read?.["plain"];
  if (host !== undefined && Number(read?.["port"]) < 65_536) return { host, port: Number(read?.["port"]) };
  context.addIssue("expected HOST:PORT");
  return z.NEVER;
});
