import { memo, useId } from "react";
import { count, duration, rate, span } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { EndpointList } from "./EndpointList.tsx";
import { Figures } from "./Figures.tsx";
import { InstanceList } from "./InstanceList.tsx";
import type { ServiceView } from "./overview.ts";
import css from "./ServiceCard.module.css";
import { Sparkline } from "./Sparkline.tsx";

export interface ServiceCardProps {
  readonly service: ServiceView;
  readonly open: boolean;
  readonly now: number;
  readonly toggle: (name: string) => void;
}

/** One service: what it is and how it does, and below it, when opened, its endpoints. */
export const ServiceCard = memo(function ServiceCard({ service, open, now, toggle }: ServiceCardProps) {
  const t = useText().services;
  const { name, versions, description, endpoints, silentSince, isNew } = service;
  const endpointsId = useId();
  const state = silentSince === undefined ? (isNew ? css.new : "") : css.silent;
  return (
    <article className={`${css.card} ${state}`}>
      <div className={css.head}>
        <div className={css.about}>
          <h2 className={css.title}>
            <button
              type="button"
              className={css.name}
              aria-expanded={open}
              aria-controls={endpointsId}
              onClick={() => toggle(name)}
            >
              {name}
            </button>
            <span className={css.version}>{versions.join(", ")}</span>
            {isNew && silentSince === undefined && <span className={css.badge}>{t.fresh}</span>}
            {silentSince !== undefined && <span className={css.warning}>{t.silentFor(span(now - silentSince))}</span>}
          </h2>
          {description && <p className={css.description}>{description}</p>}
        </div>
        <div className={css.rate}>
          <Sparkline numbers={service.rates} />
          <span className={css.now}>
            <span className="heard">{t.perSecond} </span>
            {rate(silentSince === undefined ? service.rates.at(-1) : 0)}
          </span>
        </div>
        <div className={css.figures}>
          <Figures
            figures={[
              {
                label: t.instances,
                value: <Instances {...service} />,
                tone: service.answering < service.instances.length ? "warning" : undefined,
              },
              { label: t.endpoints, value: count(endpoints.length) },
              { label: t.requests, value: count(service.requests) },
              { label: t.errors, value: count(service.errors), tone: service.faults > 0 ? "wrong" : undefined },
              { label: t.average, value: duration(service.average) },
            ]}
          />
        </div>
        <span className={css.chevron} aria-hidden="true" />
      </div>
      <div id={endpointsId} hidden={!open}>
        {open && (
          <>
            <EndpointList endpoints={endpoints} />
            <InstanceList instances={service.instances} />
          </>
        )}
      </div>
    </article>
  );
});

function Instances({ answering, instances }: Pick<ServiceView, "answering" | "instances">) {
  const t = useText().services;
  const all = count(instances.length);
  return answering === instances.length ? all : t.some(count(answering), all);
}
