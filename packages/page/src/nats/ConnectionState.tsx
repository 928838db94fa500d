import type { NatsState } from "./nats.ts";
import css from "./ConnectionState.module.css";

/** How it stands with nats-server, in a word and a dot. */
export function ConnectionState({ nats }: { readonly nats: NatsState }) {
  return (
    <p role="status" className={`${css.state} ${css[nats.state]}`}>
      {words[nats.state]}
    </p>
  );
}

const words = {
  looking: "looking for nats-server…",
  connected: "connected",
  ended: "not connected",
} satisfies Record<NatsState["state"], string>;
