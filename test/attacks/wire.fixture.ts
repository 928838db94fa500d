/**
 * A wire to nats-server in somebody else's hands: it hears everything that one client says and is told, and may put
 * something else in a reply's place. What it changes is what a hostile nats-server could.
 */
import type { Socket } from "node:net";
import { openWay, type Way } from "@natster/nats-server/way";

/** A message on the wire. */
export interface Heard {
  readonly subject: string;
  /** Where the answer is to go; empty where none is asked for. */
  readonly reply: string;
  readonly headers: Buffer;
  readonly body: Buffer;
}

/** Passes on what the client is to hear in a reply's place: once, several times, or not at all. */
export type Change = (reply: Heard, pass: (reply: Heard) => void, asked: Heard) => void;

export interface Wire extends Way {
  /** What the client has asked, and what it was answered as it came from nats-server. */
  readonly asked: readonly Heard[];
  readonly replies: ReadonlyMap<Heard, Heard>;
  /** Every byte, either way. */
  bytes(): Buffer;
  /** From now on, replies to requests whose subject ends so are changed like this. */
  change(verb: string, change: Change): void;
  /** From now on, nothing is changed. */
  honest(): void;
}

export async function openWire(to: string): Promise<Wire> {
  const bytes: Buffer[] = [];
  const asked: Heard[] = [];
  const waiting = new Map<string, Heard>();
  const replies = new Map<Heard, Heard>();
  let changing: { readonly verb: string; readonly change: Change } | undefined;

  const ask = (line: string, payload: Buffer) => {
    const message = messageOf(line, payload);
    asked.push(message);
    waiting.set(message.reply, message);
  };
  /** Puts something else in a reply's place where that is asked for, and says whether it has. */
  const replace = (line: string, payload: Buffer, into: Socket): boolean => {
    const message = messageOf(line, payload);
    const question = waiting.get(message.subject);
    if (!question) return false;
    replies.set(question, message);
    if (!changing || !question.subject.endsWith(changing.verb)) return false;
    changing.change(message, (changed) => into.write(spelt(line, changed)), question);
    return true;
  };
  const way = await openWay(to, (from, into, side) => {
    const take = frames((line, payload) => {
      if (payload && side === "server") ask(line, payload);
      if (payload && side === "client" && replace(line, payload, into)) return;
      into.write(payload ? Buffer.concat([Buffer.from(`${line}\r\n`), payload]) : `${line}\r\n`);
    });
    from.on("data", (data) => {
      bytes.push(data);
      take(data);
    });
  });
  return {
    ...way,
    asked,
    replies,
    bytes: () => Buffer.concat(bytes),
    change(verb, change) {
      changing = { verb, change };
    },
    honest() {
      changing = undefined;
    },
  };
}

const verbs = /^(PUB|HPUB|MSG|HMSG) /;

/** Takes NATS's protocol apart: a line, and the payload that it announces with the line break after it. */
function frames(on: (line: string, payload: Buffer | undefined) => void): (data: Buffer) => void {
  let rest = Buffer.alloc(0);
  return (data) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      const end = rest.indexOf("\r\n");
      if (end < 0) return;
      const line = rest.toString("latin1", 0, end);
      const size = verbs.test(line) ? Number(line.slice(line.lastIndexOf(" ") + 1)) + 2 : 0;
      if (rest.length < end + 2 + size) return;
      const payload = size > 0 ? rest.subarray(end + 2, end + 2 + size) : undefined;
      rest = rest.subarray(end + 2 + size);
      on(line, payload);
    }
  };
}

/** `PUB subject [reply] size`, `HPUB subject [reply] headers size`, and the same with `MSG` and an id after the subject. */
function messageOf(line: string, payload: Buffer): Heard {
  const [verb = "", subject = "", ...words] = line.split(/ +/);
  const withHeaders = verb.startsWith("H");
  words.pop();
  const headed = withHeaders ? Number(words.pop()) : 0;
  if (verb.endsWith("MSG")) words.shift();
  return {
    subject,
    reply: words[0] ?? "",
    headers: payload.subarray(0, headed),
    body: payload.subarray(headed, payload.length - 2),
  };
}

/** The same message with another content, as nats-server would send it. */
function spelt(line: string, { subject, reply, headers, body }: Heard): Buffer {
  const id = line.split(/ +/)[2];
  const size = headers.length > 0 ? `${headers.length} ${headers.length + body.length}` : `${body.length}`;
  const head = `${headers.length > 0 ? "HMSG" : "MSG"} ${subject} ${id} ${reply ? `${reply} ` : ""}${size}\r\n`;
  return Buffer.concat([Buffer.from(head, "latin1"), headers, body, Buffer.from("\r\n")]);
}
