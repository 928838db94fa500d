import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useSession } from "../app/engine-context.ts";
import { Notice } from "../app/Notice.tsx";
import type { Words } from "../i18n/en.ts";
import { count, rate, span } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { newsBetween } from "./news.ts";
import { servicesIn, type ServiceView } from "./overview.ts";
import { ProjectionList } from "./ProjectionList.tsx";
import { ServiceCard } from "./ServiceCard.tsx";
import css from "./ServicesPage.module.css";
import { useNow } from "./use-now.ts";
import { useServices } from "./use-services.ts";

/** Everything that answers, live. */
export function ServicesPage() {
  const t = useText().services;
  const seen = useServices();
  const session = useSession();
  const now = useNow();
  const services = useMemo(() => (seen.state === "seen" ? servicesIn(seen.directory) : []), [seen]);
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = useCallback((name: string) => {
    setOpen((before) => new Set(before.has(name) ? [...before].filter((each) => each !== name) : [...before, name]));
  }, []);

  if (seen.state === "denied") {
    return (
      <Notice title={t.denied.title}>
        <p>{t.denied.what}</p>
      </Notice>
    );
  }
  if (seen.state === "waiting") return <Waiting />;
  const stale = session.state === "looking" ? now - seen.directory.at : 0;
  return (
    <>
      <div className={css.head}>
        <div>
          <h1 className={css.title}>{t.title}</h1>
          <p className={`${css.sum} ${stale > 0 ? css.old : ""}`}>
            {stale > 0 ? t.asOf(span(stale)) : summed(services, t.sum)}
          </p>
        </div>
        {services.length > 1 && (
          <button
            type="button"
            className={css.all}
            onClick={() => setOpen(new Set(open.size > 0 ? [] : services.map(({ name }) => name)))}
          >
            {open.size > 0 ? t.closeAll : t.openAll}
          </button>
        )}
      </div>
      {services.length === 0 ? (
        <Notice title={t.none.title}>
          <p>{t.none.what}</p>
        </Notice>
      ) : (
        <ul className={`${css.list} ${stale > 0 ? css.stale : ""}`} aria-label={t.title}>
          {services.map((service) => (
            <li key={service.name}>
              <ServiceCard
                service={service}
                open={open.has(service.name)}
                now={service.silentSince === undefined ? 0 : now}
                toggle={toggle}
              />
            </li>
          ))}
        </ul>
      )}
      <ProjectionList />
      <News services={services} />
    </>
  );
}

function summed(services: readonly ServiceView[], t: Words["services"]["sum"]): string {
  const answering = services.filter((service) => service.answering > 0);
  const sum = (of: (service: ServiceView) => number) => answering.reduce((so, service) => so + of(service), 0);
  return [
    t.services(answering.length),
    t.instances(sum((service) => service.answering)),
    t.endpoints(sum((service) => service.endpoints.length)),
    t.requests(count(sum((service) => service.requests))),
    rate(sum((service) => service.rates.at(-1) ?? 0)),
  ]
    .map((part) => part.replaceAll(" ", "\u00a0"))
    .join(" · ");
}

/** The shape of what is about to come, for the moment that it takes. */
function Waiting() {
  const t = useText().services;
  return (
    <div>
      <div className={css.head}>
        <div>
          <h1 className={css.title}>{t.title}</h1>
          <p role="status" className={css.sum}>
            {t.looking}
          </p>
        </div>
      </div>
      <div className={css.ghosts} aria-hidden="true">
        <span />
        <span />
        <span />
      </div>
    </div>
  );
}

/** Says what appears and what goes, to those who do not see it. */
function News({ services }: { readonly services: readonly ServiceView[] }) {
  const t = useText().services.news;
  const before = useRef(services);
  const [news, setNews] = useState("");
  useEffect(() => {
    const said = newsBetween(before.current, services, t);
    before.current = services;
    if (said.length > 0) setNews(said.join(", "));
  }, [services, t]);
  return (
    <p role="status" className="heard">
      {news}
    </p>
  );
}
