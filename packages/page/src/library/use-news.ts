import type { FeedNotice } from "@natster/contracts/library";
import { useEffect } from "react";
import { tell } from "../app/notices.ts";
import { linkTo } from "../app/route.ts";
import { useEngine } from "../app/engine-context.ts";
import type { Device } from "../engine/api.ts";
import { textNow } from "../i18n/spoken.ts";
import { nameOf } from "./names.ts";
import { allRows } from "./rows.ts";

/** Tells what somebody has to know: that their key is not kept, invitations, and catalogs that come, go and change. */
export function useNews({ account, holdsAccount, isKept }: Device): void {
  const engine = useEngine();
  useEffect(() => {
    if (holdsAccount && !isKept) tell({ tone: "wrong", text: textNow().news.notKept, link: linkTo({ at: "devices" }) });
  }, [account, holdsAccount, isKept]);
  useEffect(() => {
    const known = new Map<string, { online: boolean; revision: number | undefined }>();
    // As it was when somebody came: what differs from that is news.
    allRows(engine, "shared").then(
      (rows) => {
        for (const { owner, catalog, online, revision } of rows) {
          const key = `${owner}/${catalog}`;
          if (!known.has(key)) known.set(key, { online, revision });
        }
      },
      () => undefined,
    );
    const person = (key: FeedNotice & { kind: "share" }, ask: "owner" | "recipient") => nameOf(engine, key[ask]);

    const say = async (notice: FeedNotice) => {
      const t = textNow().news;
      if (notice.kind === "presence" && notice.owner !== account) {
        const { owner, catalog, online, revision } = notice;
        const before = known.get(`${owner}/${catalog}`);
        known.set(`${owner}/${catalog}`, { online, revision });
        const link = linkTo({ at: "catalog", owner, catalog, path: "" });
        if (before && before.online !== online) {
          tell({ tone: "news", text: online ? t.online(catalog) : t.offline(catalog), link });
        } else if (online && before?.revision !== undefined && revision !== before.revision) {
          tell({ tone: "news", text: t.content(catalog), link });
        } else if (!before) tell({ tone: "news", text: online ? t.online(catalog) : t.offline(catalog), link });
      }
      if (notice.kind === "parked") {
        tell({ tone: "wrong", text: t.parked, link: linkTo({ at: "services" }) });
      }
      if (notice.kind === "tries") tell({ tone: "wrong", text: t.tries(notice.code, notice.count) });
      if (notice.kind !== "share") return;
      const { catalog, event } = notice;
      if (notice.recipient === account && event === "shared") {
        tell({
          tone: "news",
          text: t.invited(catalog, await person(notice, "owner")),
          link: linkTo({ at: "library" }),
        });
      }
      if (notice.recipient === account && event === "unshared") tell({ tone: "wrong", text: t.takenBack(catalog) });
      if (notice.owner === account && event === "imported") {
        tell({ tone: "good", text: t.accepted(catalog, await person(notice, "recipient")) });
      }
    };
    return engine.hear((notice) => void say(notice).catch(() => undefined));
  }, [engine, account]);
}
