/**
 * Wrong tries: a claim whose MAC is wrong is refused a while later, and counted where the issuer sees it. Nothing here
 * touches the code itself: it stays claimable by whoever knows the secret, and runs out at its time.
 */
import type { AccountKey, CodeId, RowOf } from "@natster/contracts";
import type { codeTries } from "@natster/contracts/codes";
import type { Refusal } from "@natster/micro";
import type { RowWriter } from "@natster/micro/rows";

export interface WrongTries extends AsyncDisposable {
  /** Counts a try and resolves with its refusal when that is due. */
  refuse(id: CodeId, code: { issuer: AccountKey; expires: string }, refusal: Refusal): Promise<Refusal>;
}

/** How wrong tries are met. */
export interface WrongTriesOptions {
  readonly rows: RowWriter<RowOf<typeof codeTries>>;
  /** Told of the first try, and whenever there are twice as many: guessing faster does not tell more. */
  readonly tell: (issuer: AccountKey, tried: { readonly code: CodeId; readonly count: number }) => void;
  readonly onFault: (error: unknown) => void;
}

/** Tries that are counted but not written yet, of one code. */
interface Uncounted {
  readonly issuer: AccountKey;
  readonly expires: string;
  count: number;
}

/** Milliseconds between a wrong try and its refusal. */
const delay = 1_000;
/** How many refusals wait at the most; the one that has waited longest goes first. */
const most = 1_000;

export function openWrongTries({ rows, tell, onFault }: WrongTriesOptions): WrongTries {
  const waiting = new Set<() => void>();
  const uncounted = new Map<CodeId, Uncounted>();
  let writing: Promise<void> | undefined;

  /** One code after another, and what comes meanwhile all at once: guessing faster writes no more. */
  const write = async () => {
    for (const [id, tried] of uncounted) {
      uncounted.delete(id);
      await add(id, tried);
    }
    writing = undefined;
  };

  const add = async (id: CodeId, { issuer, count, expires }: Uncounted) => {
    const key = `${issuer}.${id}`;
    for (let again = 0; again < 5; again++) {
      const left = Math.ceil((Date.parse(expires) - Date.now()) / 1_000);
      if (left < 1) return;
      const { row, revision, sequence } = await rows.slot(key);
      const [before, now] = [row?.count ?? 0, (row?.count ?? 0) + count];
      const tried = { count: now, last: new Date().toISOString() };
      if ((await rows.put(key, tried, sequence, revision, left)) === undefined) continue;
      if (Math.floor(Math.log2(now)) > Math.floor(Math.log2(before))) tell(issuer, { code: id, count: now });
      return;
    }
  };

  return {
    async refuse(id, { issuer, expires }, refusal) {
      const so = uncounted.get(id) ?? { issuer, expires, count: 0 };
      so.count += 1;
      uncounted.set(id, so);
      writing ??= write().catch((error: unknown) => {
        writing = undefined;
        onFault(error);
      });
      if (waiting.size >= most) for (const go of [...waiting].slice(0, 1)) go();
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => go(), delay);
        const go = () => {
          clearTimeout(timer);
          waiting.delete(go);
          resolve();
        };
        waiting.add(go);
      });
      return refusal;
    },
    async [Symbol.asyncDispose]() {
      for (const go of waiting) go();
      await writing;
    },
  };
}
