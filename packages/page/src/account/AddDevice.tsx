import { useState } from "react";
import { useEngine } from "../app/engine-context.ts";
import { tell } from "../app/notices.ts";
import { PassOn } from "../app/PassOn.tsx";
import { explained } from "../i18n/explained.ts";
import { useText } from "../i18n/text.ts";
import css from "./Panel.module.css";

/** Signs in another browser as this account, such as the one of a phone. */
export function AddDevice() {
  const t = useText().devices.add;
  const engine = useEngine();
  const [link, setLink] = useState<string>();
  const make = () =>
    engine.deviceLink({ name: t.name }).then(setLink, (error: unknown) => {
      tell({ tone: "wrong", text: explained(error) });
    });
  return (
    <section className={css.panel} aria-labelledby="add-device">
      <h2 id="add-device">{t.title}</h2>
      <p className="quiet">{t.what}</p>
      <p>
        <button type="button" className="button" onClick={() => void make()}>
          {t.go}
        </button>
      </p>
      {link !== undefined && <PassOn key={link} link={link} label={t.link} />}
    </section>
  );
}
