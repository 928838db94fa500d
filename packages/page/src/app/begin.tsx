import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import type { Link } from "../device/link.ts";
import type { EngineClient } from "../engine/connect.ts";
import type { Text } from "../i18n/spoken.ts";
import { load as loadTransfers } from "../transfers/transfers.ts";
import { Insecure } from "../welcome/Insecure.tsx";
import { App } from "./App.tsx";

const root = () => {
  const element = document.querySelector("#root");
  if (!element) throw new Error("the page has no root");
  return createRoot(element);
};

/** Draws the page around an engine. */
export function draw(engine: EngineClient, first: Link, text: Text): void {
  void loadTransfers();
  root().render(
    <StrictMode>
      <App engine={engine} first={first} text={text} />
    </StrictMode>,
  );
}

/** Draws what is left of the page where a browser gives it neither keys nor files. */
export const drawInsecure = (text: Text): void => root().render(<Insecure text={text} />);
