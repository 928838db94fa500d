// oxlint-disable import/no-unassigned-import -- these two are there for what they do
// First, since schemas are made while modules load.
import "./strict.ts";
import "./theme/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App.tsx";
import { takeLink } from "./device/take-link.ts";

const root = document.querySelector("#root");
if (!root) throw new Error("the page has no root");
createRoot(root).render(
  <StrictMode>
    <App first={takeLink()} />
  </StrictMode>,
);
