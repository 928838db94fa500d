import type { Device as KnownDevice } from "@natster/contracts/library";
import { type FormEvent, useState } from "react";
import { Ask } from "../app/Ask.tsx";
import { useEngine } from "../app/engine-context.ts";
import { Failed } from "../app/Failed.tsx";
import { Icon } from "../app/Icon.tsx";
import { tell } from "../app/notices.ts";
import { useAnswer } from "../app/use-answer.ts";
import type { Device } from "../engine/api.ts";
import { explained } from "../i18n/explained.ts";
import { day } from "../i18n/format.ts";
import { useText } from "../i18n/text.ts";
import { allRows } from "../library/rows.ts";
import { AddDevice } from "./AddDevice.tsx";
import { KeepCopy } from "./KeepCopy.tsx";
import css from "./DevicesPage.module.css";

/** The devices of this account; this browser first. */
export function DevicesPage({ device }: { readonly device: Device }) {
  const t = useText().devices;
  const [answer, again] = useAnswer({
    key: "devices",
    ask: (engine) => allRows(engine, "devices"),
    concerns: ({ kind }) => kind === "device",
  });
  const others = answer.state === "there" ? answer.value.filter(({ user }) => user !== device.user) : [];
  const here = answer.state === "there" ? answer.value.find(({ user }) => user === device.user) : undefined;
  return (
    <>
      <header className="head">
        <h1>{t.title}</h1>
        <p className="quiet">{t.what}</p>
      </header>
      {answer.state === "failed" && <Failed error={answer.error} again={again} />}
      <ul className={css.list}>
        <Here device={device} known={here} again={again} />
        {others.map((each) => (
          <Other key={each.user} known={each} again={again} />
        ))}
      </ul>
      {device.holdsAccount && (
        <>
          <AddDevice />
          <KeepCopy account={device.account} />
        </>
      )}
      <p className={css.key}>
        <span className="quiet">{t.fingerprint}</span> <code>{device.account}</code>
      </p>
    </>
  );
}

interface HereProps {
  readonly device: Device;
  readonly known: KnownDevice | undefined;
  readonly again: () => void;
}

function Here({ device, known, again }: HereProps) {
  const t = useText().devices;
  const engine = useEngine();
  const signOut = async () => {
    const { revoked } = await engine.signOut();
    if (!revoked) tell({ tone: "wrong", text: t.signedOutOnly });
  };
  return (
    <li className={css.device}>
      <Icon name="devices" size={22} />
      <div>
        <p>
          <strong>
            <bdi>{known?.name ?? device.name}</bdi>
          </strong>{" "}
          <span className={css.badge}>{t.here}</span>
        </p>
        <p className="quiet">
          {known ? `${t.role[known.role]} · ${t.since(day(known.since))} · ` : ""}
          {device.expires === undefined ? t.forever : t.until(day(device.expires))}
        </p>
      </div>
      <span className="buttons">
        {known && <Rename known={known} again={again} />}
        <Ask
          label={t.signOut}
          question={device.holdsAccount ? t.signOutLast : t.signOutSure}
          yes={() => void signOut()}
          className="button"
        />
      </span>
    </li>
  );
}

function Other({ known, again }: { readonly known: KnownDevice; readonly again: () => void }) {
  const t = useText().devices;
  const engine = useEngine();
  const revoke = () =>
    engine.ask("accounts", "revoke", { user: known.user }).then(
      () => {
        tell({ tone: "good", text: t.revoked(known.name) });
        again();
      },
      (error: unknown) => tell({ tone: "wrong", text: explained(error) }),
    );
  return (
    <li className={css.device}>
      <Icon name="devices" size={22} />
      <div>
        <p>
          <strong>
            <bdi>{known.name}</bdi>
          </strong>
        </p>
        <p className="quiet">
          {[
            t.role[known.role],
            ...(known.maySign ? [t.maySign] : []),
            t.since(day(known.since)),
            known.expires === undefined ? t.forever : t.until(day(known.expires)),
          ].join(" · ")}
        </p>
      </div>
      <span className="buttons">
        <Rename known={known} again={again} />
        <Ask label={t.revoke} question={t.revokeSure(known.name)} yes={() => void revoke()} className="button" />
      </span>
    </li>
  );
}

function Rename({ known, again }: { readonly known: KnownDevice; readonly again: () => void }) {
  const t = useText().devices;
  const engine = useEngine();
  const [name, setName] = useState<string>();
  if (name === undefined) {
    return (
      <button type="button" className="quiet" onClick={() => setName(known.name)}>
        {t.rename}
      </button>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    engine.ask("accounts", "deviceRename", { user: known.user, name }).then(
      () => {
        setName(undefined);
        again();
      },
      (error: unknown) => tell({ tone: "wrong", text: explained(error) }),
    );
  };
  return (
    <form className={css.rename} onSubmit={submit}>
      <input
        required
        maxLength={256}
        value={name}
        aria-label={t.name}
        autoFocus
        onChange={({ target }) => setName(target.value)}
        onKeyDown={({ key }) => key === "Escape" && setName(undefined)}
      />
      <button type="submit" className="button primary">
        {t.keep}
      </button>
    </form>
  );
}
