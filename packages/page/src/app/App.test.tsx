import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { nobody, observe } from "../services/directory.ts";
import { servicesIn } from "../services/overview.ts";
import { infoOf, statsOf } from "../services/seen.fixture.ts";
import { ServiceCard } from "../services/ServiceCard.tsx";
import { App } from "./App.tsx";

const seen = { at: 2_000, stats: [statsOf({ requests: 1_204, errors: 3 })], infos: [infoOf({})] };
const [codes] = servicesIn(observe(nobody, seen));
if (!codes) throw new Error("codes answered");

test("without a link the page says what this is and how to get one", () => {
  const html = renderToStaticMarkup(<App first={{ state: "none" }} />);
  expect(html).toContain("Share folders straight from where they are");
  expect(html).toContain("This page opens with a link");
  expect(html).not.toContain("alert");
});

test("a link that does not work is told plainly", () => {
  expect(renderToStaticMarkup(<App first={{ state: "unreadable" }} />)).toContain("This link cannot be read.");
  const expired = renderToStaticMarkup(<App first={{ state: "expired", name: "phone", expired: 0 }} />);
  expect(expired).toMatch(/This link has expired\..*“phone” could sign in until 1 January/);
});

test("a closed card has the figures, an open one the endpoints", () => {
  const card = (open: boolean) =>
    renderToStaticMarkup(<ServiceCard service={codes} open={open} now={2_000} toggle={() => undefined} />);
  expect(card(false)).toMatch(/What codes does.*1,204/);
  expect(card(false)).toContain('aria-expanded="false"');
  expect(card(false)).not.toContain("Make a code known");
  expect(card(true)).toMatch(/Make a code known.*health\.codes\.\{instance\}.*ID1/);
});

test("nothing is styled inline, where the policy would forbid it", () => {
  const html = renderToStaticMarkup(<ServiceCard service={codes} open now={2_000} toggle={() => undefined} />);
  expect(html).not.toMatch(/ style=| on\w+=/);
});
