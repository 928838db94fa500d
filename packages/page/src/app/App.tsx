import { useCallback, useEffect, useState } from "react";
import { type Link, takeLink } from "../device/link.ts";
import type { EngineClient } from "../engine/connect.ts";
import { isSomebodyHere } from "../engine/engine-error.ts";
import { explained } from "../i18n/explained.ts";
import { type Text, textNow } from "../i18n/spoken.ts";
import { TextContext } from "../i18n/text.ts";
import { Redeeming } from "../welcome/Redeeming.tsx";
import { Welcome } from "../welcome/Welcome.tsx";
import { Boundary } from "./Boundary.tsx";
import { Ended } from "./Ended.tsx";
import { EngineContext, useEngine, useSession } from "./engine-context.ts";
import { Instead } from "./Instead.tsx";
import { Frame } from "./Frame.tsx";
import { applyTheme } from "./theme.ts";
import { Notices } from "./Notices.tsx";
import { tell } from "./notices.ts";
import { SpeakContext } from "./speak-context.ts";
import { Views } from "./Views.tsx";

export interface AppProps {
  readonly engine: EngineClient;
  /** The link with which the page was opened. */
  readonly first: Link;
  readonly text: Text;
}

/** The page: of a device, or a welcome that says how to become one. */
export function App({ engine, first, text: begun }: AppProps) {
  const [text, setText] = useState(begun);
  useEffect(applyTheme, []);
  return (
    <EngineContext value={engine}>
      <SpeakContext value={setText}>
        <TextContext value={text}>
          <Boundary>
            <Content first={first} />
          </Boundary>
          <Notices />
        </TextContext>
      </SpeakContext>
    </EngineContext>
  );
}

function Content({ first }: { readonly first: Link }) {
  const session = useSession();
  const [link, follow] = useLink(first);
  const letGo = useCallback(() => follow({ state: "none" }), [follow]);
  if (session.state === "starting" || link.state === "good") return <Frame bare>{null}</Frame>;
  if (link.state === "others") {
    const { creds } = link;
    return (
      <Frame bare>
        <Instead go={() => follow({ state: "good", creds, instead: true })} stay={letGo} />
      </Frame>
    );
  }
  if (link.state === "code") return <Redeeming code={link.code} done={letGo} />;
  const isOut = session.state === "signed_out" || (session.state === "ended" && link.state !== "none");
  if (isOut) return <Welcome link={link} />;
  if (session.state === "ended") return <Ended session={session} />;
  return <Views device={session.device} />;
}

/** A link, and what came of it. */
type Followed =
  | Exclude<Link, { state: "good" }>
  | { readonly state: "good"; readonly creds: string; readonly instead?: true }
  /** It is for somebody else than who is here. */
  | { readonly state: "others"; readonly creds: string };

/** The link that counts, until it has signed this browser in: the first, or another that is opened in its place. */
function useLink(first: Link): readonly [link: Followed, follow: (link: Followed) => void] {
  const engine = useEngine();
  const [link, setLink] = useState<Followed>(first);
  useEffect(() => {
    const changed = () => {
      const next = takeLink();
      if (next.state !== "none") setLink(next);
    };
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  useEffect(() => {
    const t = textNow().welcome;
    if (link.state === "unreadable" && engine.session().state === "connected")
      tell({ tone: "wrong", text: t.unreadable });
    if (link.state === "expired" && engine.session().state === "connected") tell({ tone: "wrong", text: t.expired });
    if (link.state !== "good") return;
    const { creds, instead } = link;
    engine.signIn({ creds, ...(instead && { instead }) }).then(
      () => setLink({ state: "none" }),
      (error: unknown) => {
        if (isSomebodyHere(error)) return setLink({ state: "others", creds });
        setLink({ state: "unreadable" });
        tell({ tone: "wrong", text: explained(error) });
      },
    );
  }, [engine, link]);
  return [link, setLink];
}
