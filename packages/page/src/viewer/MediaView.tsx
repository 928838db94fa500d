import { useEffect, useState } from "react";
import { useEngine } from "../app/engine-context.ts";
import { Icon } from "../app/Icon.tsx";
import { nameIn } from "../catalog/rows.ts";
import { explained } from "../i18n/explained.ts";
import { useText } from "../i18n/text.ts";
import { mediaUrl } from "../media/media-url.ts";
import { mediaReady } from "../media/register.ts";
import { hearTrouble } from "../media/troubles.ts";
import { kindOf, plainType } from "./kinds.ts";
import type { ViewProps } from "./view-props.ts";
import css from "./Viewer.module.css";

/** Pictures, films and sounds, in the browser's own elements, which ask for the parts that they need. */
export function MediaView({ address, file }: ViewProps) {
  const t = useText();
  const engine = useEngine();
  const [state, setState] = useState<"waiting" | "ready" | "broken">("waiting");
  const [trouble, setTrouble] = useState<unknown>();
  useEffect(() => hearTrouble(file.digest, setTrouble), [file.digest]);
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

  if (trouble !== undefined) return <p className={css.note}>{explained(trouble)}</p>;
  if (state === "waiting") return <p role="status">{t.loading}</p>;
  if (state === "broken") return <p className={css.note}>{t.viewer.broken}</p>;
  const type = plainType(file.type);
  const src = mediaUrl(document.baseURI, { address, digest: file.digest, size: file.size, type }, nameIn(file.path));
  const broken = () => setState("broken");
  switch (kindOf(file)) {
    case "video":
      return (
        <video
          className={css.video}
          src={src}
          controls
          autoPlay
          playsInline
          onError={broken}
          aria-label={nameIn(file.path)}
        />
      );
    case "audio":
      return (
        <div className={css.sound}>
          <Icon name="audio" size={72} />
          <audio src={src} controls autoPlay onError={broken} aria-label={nameIn(file.path)} />
        </div>
      );
    default:
      return <img className={css.image} src={src} alt={nameIn(file.path)} onError={broken} />;
  }
}
