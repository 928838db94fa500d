import { type SyntheticEvent, useCallback, useEffect, useRef, useState } from "react";
import { useEngine } from "../app/engine-context.ts";
import { Icon } from "../app/Icon.tsx";
import { nameIn } from "../catalog/rows.ts";
import { EngineError } from "../engine/engine-error.ts";
import { useText } from "../i18n/text.ts";
import { mediaUrl } from "../media/media-url.ts";
import { mediaReady } from "../media/register.ts";
import { hearTrouble } from "../media/troubles.ts";
import { kindOf, plainType } from "./kinds.ts";
import { Trouble } from "./Trouble.tsx";
import type { ViewProps } from "./view-props.ts";
import css from "./Viewer.module.css";

/** Pictures, films and sounds, in the browser's own elements, which ask for the parts that they need. */
export function MediaView({ address, file }: ViewProps) {
  const t = useText();
  const engine = useEngine();
  const [state, setState] = useState<"waiting" | "ready" | "broken">("waiting");
  const [trouble, setTrouble] = useState<unknown>();
  const again = useCallback(() => setTrouble(undefined), []);
  /** Where a film or a sound was when it had to end. */
  const place = useRef(0);
  useEffect(() => hearTrouble(file.digest, setTrouble), [file.digest]);
  useEffect(
    () =>
      engine.hear((notice) => {
        if (notice.kind !== "share" || notice.owner !== address.owner || notice.catalog !== address.catalog) return;
        // What is there would play on to the end of what was read ahead.
        if (notice.event === "unshared") setTrouble(new EngineError("nobody", "it was taken back"));
      }),
    [engine, address],
  );
  useEffect(() => {
    let current = true;
    mediaReady(engine).then(
      (answers) => current && setState(answers ? "ready" : "broken"),
      () => current && setState("broken"),
    );
    return () => {
      current = false;
    };
  }, [engine]);

  if (trouble !== undefined) return <Trouble address={address} error={trouble} again={again} />;
  if (state === "waiting") return <p role="status">{t.loading}</p>;
  if (state === "broken") return <p className={css.note}>{t.viewer.broken}</p>;
  const type = plainType(file.type);
  const src = mediaUrl(document.baseURI, { address, digest: file.digest, size: file.size, type }, nameIn(file.path));
  const broken = () => setState("broken");
  const player = {
    src,
    controls: true,
    autoPlay: true,
    onError: broken,
    onLoadedMetadata: ({ currentTarget }: SyntheticEvent<HTMLMediaElement>) => {
      if (place.current > 0) currentTarget.currentTime = place.current;
    },
    onTimeUpdate: ({ currentTarget }: SyntheticEvent<HTMLMediaElement>) => {
      place.current = currentTarget.currentTime;
    },
    "aria-label": nameIn(file.path),
  };
  switch (kindOf(file)) {
    case "video":
      return <video className={css.video} playsInline {...player} />;
    case "audio":
      return (
        <div className={css.sound}>
          <Icon name="audio" size={72} />
          <audio {...player} />
        </div>
      );
    default:
      return <img className={css.image} src={src} alt={nameIn(file.path)} onError={broken} />;
  }
}
