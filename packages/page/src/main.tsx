// oxlint-disable import/no-unassigned-import -- it is there for what it does
import "./theme/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { takeLink } from "./device/link.ts";
import { connectEngine } from "./engine/connect.ts";
import { speak, wantedLanguage } from "./i18n/text.ts";
import { kept } from "./app/kept.ts";
import { load as loadTransfers } from "./transfers/transfers.ts";
import { Insecure } from "./welcome/Insecure.tsx";

const element = document.querySelector("#root");
if (!element) throw new Error("the page has no root");
const root = createRoot(element);
const text = await speak(wantedLanguage(kept.language.get(), navigator.languages));

if (isSecureContext) {
  // What the link holds is read and out of the address before anything else can go wrong.
  const link = takeLink();
  const engine = await connectEngine();
  void loadTransfers();
  root.render(
    <StrictMode>
      <App engine={engine} first={link} text={text} />
    </StrictMode>,
  );
} else root.render(<Insecure text={text} />);
