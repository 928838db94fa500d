import type { RowOf } from "@natster/contracts";
import type { codeTries } from "@natster/contracts/codes";
import type { projector } from "@natster/contracts/library";
import type { Handler } from "@natster/micro";
import type { RowWriter } from "@natster/micro/rows";
import type { Library } from "./library.ts";
import { toPage } from "./page.ts";

/** `natster.library.codes`: the codes that the caller's account issued, and how often somebody guessed at them. */
export const ownCodes =
  ({ codes }: Library, tries: Pick<RowWriter<RowOf<typeof codeTries>>, "slots">): Handler<typeof projector, "codes"> =>
  async ({ caller, request }) => {
    await codes.caughtUp(request.after);
    const { rows, ...more } = toPage(await codes.rows.page(`${caller.account}.${request.code ?? "*"}`, request));
    const keyOf = ({ code }: { code: string }) => `${caller.account}.${code}`;
    const tried = await tries.slots(rows.map(keyOf));
    return {
      rows: rows.map((row) => {
        const wrong = tried.get(keyOf(row))?.row;
        return wrong ? { ...row, tries: wrong } : row;
      }),
      ...more,
    };
  };
