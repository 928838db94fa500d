import { useId, useState } from "react";
import { count, duration, rate } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { SchemaView } from "../schema/SchemaView.tsx";
import type { EndpointView } from "./overview.ts";
import css from "./EndpointItem.module.css";
import { Sparkline } from "./Sparkline.tsx";

/** One endpoint: its figures, and what it expects and answers when opened. */
export function EndpointItem({ endpoint }: { readonly endpoint: EndpointView }) {
  const t = useText().services;
  const [open, setOpen] = useState(false);
  const moreId = useId();
  const { latency } = endpoint;
  const figures: readonly [label: string, value: string][] = [
    [t.requests, count(endpoint.requests)],
    [t.errors, count(endpoint.errors)],
    [t.average, duration(endpoint.average)],
    ["p50", duration(endpoint.requests > 0 ? latency?.p50 : undefined)],
    ["p95", duration(endpoint.requests > 0 ? latency?.p95 : undefined)],
    ["p99", duration(endpoint.requests > 0 ? latency?.p99 : undefined)],
  ];
  return (
    <li className={css.item}>
      <div className={css.head}>
        <div className={css.about}>
          <h3 className={css.title}>
            <button
              type="button"
              className={css.name}
              aria-expanded={open}
              aria-controls={moreId}
              onClick={() => setOpen(!open)}
            >
              {endpoint.name}
            </button>
            <code className={css.subject}>{endpoint.subject}</code>
          </h3>
          {endpoint.summary && <p className={css.summary}>{endpoint.summary}</p>}
        </div>
        <dl className={css.figures}>
          {figures.map(([label, value]) => (
            <div key={label}>
              <dt>{label}</dt>
              <dd
                className={
                  label === t.errors && endpoint.faults > 0
                    ? css.wrong
                    : value === "–" || value === "0"
                      ? css.none
                      : undefined
                }
              >
                {value}
              </dd>
            </div>
          ))}
          <div className={css.rate}>
            <dt>{t.rate}</dt>
            <dd>
              <Sparkline numbers={endpoint.rates} className={css.spark} />
              {rate(endpoint.rates.at(-1))}
            </dd>
          </div>
        </dl>
      </div>
      <div id={moreId} hidden={!open}>
        {open && <More endpoint={endpoint} />}
      </div>
    </li>
  );
}

function More({ endpoint }: { readonly endpoint: EndpointView }) {
  const t = useText().services;
  const { queue, access, refusals, faults, lastError, schemas } = endpoint;
  const refused = Object.entries(refusals).toSorted(([, one], [, other]) => other - one);
  const facts: readonly [label: string, value: string][] = [
    [t.queue, queue || t.noQueue],
    [t.access, t.who[access] ?? access],
    [t.refused, refused.map(([reason, times]) => `${reason} ${count(times)}`).join(" · ")],
    [t.faults, faults > 0 ? count(faults) : ""],
    [t.lastError, lastError],
  ];
  return (
    <div className={css.more}>
      <dl className={css.facts}>
        {facts.map(
          ([label, value]) =>
            value && (
              <div key={label}>
                <dt>{label}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {(schemas.request || schemas.reply) && (
        <div className={css.schemas}>
          <SchemaView title={t.request} schema={schemas.request} />
          <SchemaView title={t.reply} schema={schemas.reply} />
        </div>
      )}
    </div>
  );
}
