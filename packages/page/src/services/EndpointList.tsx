import { useText } from "../i18n/text.ts";
import { EndpointItem } from "./EndpointItem.tsx";
import type { EndpointView } from "./overview.ts";
import css from "./EndpointList.module.css";

/** The endpoints of a service, one below the other, their figures in columns where there is room. */
export function EndpointList({ endpoints }: { readonly endpoints: readonly EndpointView[] }) {
  const t = useText().services;
  if (endpoints.length === 0) return <p className={css.note}>{t.noEndpoints}</p>;
  return (
    <div className={css.list}>
      <div className={css.columns} aria-hidden="true">
        <span>{t.endpoint}</span>
        {[t.requests, t.errors, t.average, "p50", "p95", "p99", t.rate].map((title) => (
          <span key={title}>{title}</span>
        ))}
      </div>
      <ul>
        {endpoints.map((endpoint) => (
          <EndpointItem key={endpoint.key} endpoint={endpoint} />
        ))}
      </ul>
    </div>
  );
}
