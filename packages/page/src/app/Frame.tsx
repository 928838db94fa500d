import { type ReactNode, useEffect, useRef, useState } from "react";
import type { Device } from "../engine/api.ts";
import { useText } from "../i18n/text.ts";
import { isOver } from "../transfers/transfer.ts";
import { useTransfers } from "../transfers/use-transfers.ts";
import { useAnswer } from "./use-answer.ts";
import { useSession } from "./engine-context.ts";
import { Icon, type IconName } from "./Icon.tsx";
import { linkTo, type Route } from "./route.ts";
import { Settings } from "./Settings.tsx";
import css from "./Frame.module.css";
import mark from "./mark.svg";

export type FrameProps = { readonly children: ReactNode } & (
  | { readonly bare: true }
  | { readonly bare?: never; readonly device: Device; readonly route: Route }
);

/** What stands around everything: the product's name, the ways to go, and how it stands with nats-server. */
export function Frame(props: FrameProps) {
  const t = useText();
  return (
    <div className={`${css.frame} ${props.bare ? css.bare : ""}`}>
      <a className={css.skip} href="#main" onClick={(event) => (event.preventDefault(), toMain())}>
        {t.skip}
      </a>
      <header className={css.header}>
        <a className={css.name} href="#/">
          <img src={mark} alt="" width="28" height="28" />
          Natster
        </a>
        {!props.bare && <Navigation route={props.route} />}
        <div className={css.foot}>
          {!props.bare && <ConnectionState />}
          <Settings />
        </div>
      </header>
      <main className={css.main} id="main" tabIndex={-1}>
        {!props.bare && <Stale />}
        {props.bare ? props.children : <Arrival route={props.route}>{props.children}</Arrival>}
      </main>
    </div>
  );
}

const toMain = () => document.querySelector<HTMLElement>("#main")?.focus();

/** Whoever goes somewhere is there: the title says so, and what reads aloud begins at the view. */
function Arrival({ route, children }: { readonly route: Route; readonly children: ReactNode }) {
  const t = useText();
  const place = route.at === "catalog" ? `${route.owner}/${route.catalog}` : route.at;
  const first = useRef(true);
  useEffect(() => {
    document.title = `${route.at === "catalog" ? route.catalog : t.nav[route.at]} · ${t.everywhere}`;
    if (!first.current) toMain();
    first.current = false;
    // Only another view is another place: within a catalog, the focus is the catalog's own affair.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [place, t]);
  return children;
}

function Navigation({ route }: { readonly route: Route }) {
  const t = useText();
  // One that a reload has paused waits for somebody to come and see.
  const underWay = useTransfers().filter((transfer) => !isOver(transfer)).length;
  const [who] = useAnswer({ key: "whoami", ask: (engine) => engine.ask("library", "whoami", {}) });
  const [inbox] = useAnswer({
    key: "inbox-count",
    ask: async (engine) => (await engine.ask("library", "inbox", {})).rows.length,
    concerns: ({ kind }) => kind === "share",
  });
  const invitations = inbox.state === "there" ? inbox.value : 0;
  const administrator = who.state === "there" && who.value.administrator;
  const counts: Partial<Record<Route["at"], number>> = { library: invitations, transfers: underWay };
  const here = route.at === "catalog" ? "library" : route.at;
  return (
    <nav className={css.nav} aria-label={t.nav.label}>
      {places.map((at) =>
        at === "services" && !administrator ? null : (
          <a
            key={at}
            href={linkTo({ at })}
            aria-current={here === at ? "page" : undefined}
            className={css[`nav-${at}`]}
          >
            <Icon name={at as IconName} size={20} />
            <span>{t.nav[at]}</span>
            {(counts[at] ?? 0) > 0 && <b className={css.count}>{counts[at]}</b>}
          </a>
        ),
      )}
    </nav>
  );
}

const places = ["library", "sharing", "transfers", "activity", "devices", "services"] as const;

function ConnectionState() {
  const { state } = useSession();
  const t = useText().connection;
  return (
    <p role="status" className={`${css.connection} ${state === "connected" ? css.connected : css.looking}`}>
      {state === "connected" ? t.connected : t.looking}
    </p>
  );
}

/** While the connection is sought, what is seen is what was known last. A moment without it is nothing to speak of. */
function Stale() {
  const session = useSession();
  const t = useText().connection;
  const since = session.state === "looking" ? session.since : undefined;
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (since === undefined) return;
    const timer = setTimeout(() => setLong(true), 1_000);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [since]);
  return isLong ? <p className={css.stale}>{t.stale}</p> : null;
}
