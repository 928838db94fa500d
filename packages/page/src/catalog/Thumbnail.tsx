import type { FileEntry } from "@natster/contracts/files";
import { useEffect, useState } from "react";
import { useEngine } from "../app/engine-context.ts";
import { Icon, type IconName } from "../app/Icon.tsx";
import type { Address } from "../engine/api.ts";
import { kindOf } from "../viewer/kinds.ts";
import css from "./Thumbnail.module.css";
import { thumbnail } from "./thumbnails.ts";

export interface ThumbnailProps {
  readonly address: Address;
  readonly file: FileEntry;
  readonly fallback: IconName;
}

/** A small picture of a picture; of everything else, what it is. */
export function Thumbnail({ address, file, fallback }: ThumbnailProps) {
  const engine = useEngine();
  const [url, setUrl] = useState<string>();
  useEffect(() => {
    if (kindOf(file) !== "image") return undefined;
    const stop = new AbortController();
    let made: string | undefined;
    void thumbnail(engine, address, file, stop.signal).then((blob) => {
      if (!blob || stop.signal.aborted) return;
      made = URL.createObjectURL(blob);
      setUrl(made);
    });
    return () => {
      stop.abort();
      if (made !== undefined) URL.revokeObjectURL(made);
      setUrl(undefined);
    };
  }, [engine, address, file]);
  return url === undefined ? <Icon name={fallback} size={40} /> : <img className={css.image} src={url} alt="" />;
}
