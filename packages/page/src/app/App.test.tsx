import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import type { Session } from "../engine/api.ts";
import type { EngineClient } from "../engine/connect.ts";
import { en } from "../i18n/en.ts";
import { nobody, observe } from "../services/directory.ts";
import { servicesIn } from "../services/overview.ts";
import { infoOf, statsOf } from "../services/seen.fixture.ts";
import { ServiceCard } from "../services/ServiceCard.tsx";
import { Welcome } from "../welcome/Welcome.tsx";
import { EngineContext } from "./engine-context.ts";

const seen = { at: 2_000, stats: [statsOf({ requests: 1_204, errors: 3 })], infos: [infoOf({})] };
const [codes] = servicesIn(observe(nobody, seen));
if (!codes) throw new Error("codes answered");

const engine = { session: (): Session => ({ state: "signed_out" }), watch: () => () => undefined };
const welcome = (link: Parameters<typeof Welcome>[0]["link"]) =>
  renderToStaticMarkup(
    <EngineContext value={engine as unknown as EngineClient}>
      <Welcome link={link} />
    </EngineContext>,
  );

test("without a link the page says what this is and how to begin", () => {
  const html = welcome({ state: "none" });
  expect(html).toContain(en.welcome.title);
  expect(html).toContain(en.welcome.begin.title);
  expect(html).not.toContain("alert");
});

test("a link that does not work is told plainly", () => {
  expect(welcome({ state: "unreadable" })).toContain("This link cannot be read.");
  expect(welcome({ state: "expired", name: "phone", expired: 0 })).toMatch(
    /This link has expired\..*“phone” could sign in until .*1970/,
  );
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
  expect(welcome({ state: "none" })).not.toMatch(/ style=| on\w+=/);
});
