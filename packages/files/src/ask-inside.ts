/** Asking inside of a session: sealed, sent by whoever carries it, and the reply opened and checked. */
import { kitErrors, type SealedEndpoint } from "@natster/contracts";
import { InnerRefusal } from "@natster/contracts/files";
import { isAlone } from "@natster/micro/alone";
import { Refusal } from "@natster/micro/client";
import { decode, decodeReply, encode } from "@natster/micro/codec";
import { letGo, type ReaderSession } from "@natster/trust";
import type * as z from "zod";

/** What is said inside of an endpoint, as it is asked and as it is answered. */
export type InnerRequest<E extends SealedEndpoint> = z.input<E["sealed"]["request"]>;
export type InnerReply<E extends SealedEndpoint> = z.output<E["sealed"]["reply"]>;

/** The owner's instance says what the contract does not allow, such as a path that leads out of its catalog. */
export class AgainstContractError extends Error {
  override readonly name = "AgainstContractError";

  constructor(verb: string, path: string | undefined) {
    super(`${verb} was answered against its contract: ${path}`);
  }
}

/**
 * Asks an endpoint under seal. Throws `Refusal` for what the contract declares inside, `SealBrokenError` for a reply that
 * is not the instance's to this very request, `AgainstContractError`, and what `send` throws.
 */
export async function askInside<E extends SealedEndpoint>(
  session: ReaderSession,
  endpoint: E,
  request: InnerRequest<E>,
  send: (frame: Uint8Array) => Promise<Uint8Array>,
): Promise<InnerReply<E>> {
  const { request: said, reply: told, errors } = endpoint.sealed;
  const verb = endpoint.subject.slice(endpoint.subject.lastIndexOf(".") + 1);
  const asked = await session.request(verb, encode(said, said.parse(request)));
  const frame = await send(asked.frame);
  const { refused, body } = await session.reply(asked, frame);
  // What the library put together itself begins at 0; what came in one read has a line before it, and others behind.
  if (frame.byteOffset === 0 || isAlone(frame)) letGo(frame);
  if (refused) throw refusalIn(errors, body);
  const reply = decodeReply(told, body);
  if (!reply.success) throw new AgainstContractError(verb, reply.issues[0]?.path);
  return reply.data as InnerReply<E>;
}

function refusalIn(errors: Readonly<Record<string, number>>, body: Uint8Array): Refusal {
  const read = decode(InnerRefusal, body);
  const { reason, message } = read.success ? read.data : { reason: "unknown", message: "refused" };
  return new Refusal({ ...kitErrors, ...errors }[reason] ?? 500, { reason, message });
}
