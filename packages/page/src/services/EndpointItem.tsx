import { useId, useState } from "react";
import { count, duration, rate } from "../format.ts";
import { SchemaView } from "../schema/SchemaView.tsx";
import type { EndpointView } from "./overview.ts";
import css from "./EndpointItem.module.css";
import { Sparkline } from "./Sparkline.tsx";

/** One endpoint: its figures, and what it expects and answers when opened. */
export function EndpointItem({ endpoint }: { readonly endpoint: EndpointView }) {
  const [open, setOpen] = useState(false);
  const moreId = useId();
  const { latency } = endpoint;
  const figures: readonly [label: string, value: string][] = [
    ["Requests", count(endpoint.requests)],
    ["Errors", count(endpoint.errors)],
    ["Average", duration(endpoint.average)],
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
                  label === "Errors" && endpoint.faults > 0
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
            <dt>Rate</dt>
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
  const { queue, access, refusals, faults, lastError, schemas } = endpoint;
  const refused = Object.entries(refusals).toSorted(([, one], [, other]) => other - one);
  const facts: readonly [label: string, value: string][] = [
    ["Queue group", queue || "none: every instance answers"],
    ["Who may ask", who[access] ?? access],
    ["Refused", refused.map(([reason, times]) => `${reason} ${count(times)}`).join(" · ")],
    ["Faults", faults > 0 ? count(faults) : ""],
    ["Last error", lastError],
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
          <SchemaView title="Request" schema={schemas.request} />
          <SchemaView title="Reply" schema={schemas.reply} />
        </div>
      )}
    </div>
  );
}

const who: Readonly<Record<string, string>> = {
  "": "",
  lobby: "everybody, also without an account",
  administrator: "administrators",
};
