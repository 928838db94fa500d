import { useState } from "react";
import type { Device } from "../device/link.ts";
import { useNats } from "../nats/use-nats.ts";
import { ConnectionState } from "../nats/ConnectionState.tsx";
import { moment, shortKey } from "../format.ts";
import { ServicesPage } from "../services/ServicesPage.tsx";
import { Frame } from "./Frame.tsx";
import { Notice } from "./Notice.tsx";
import css from "./Session.module.css";

export interface SessionProps {
  readonly device: Device;
  readonly signOut: () => void;
}

/** The page as a device sees it. */
export function Session({ device, signOut }: SessionProps) {
  // The same link may be tried again, as a connection of its own.
  const [attempt, setAttempt] = useState(device);
  const nats = useNats(attempt);
  return (
    <Frame
      aside={<ConnectionState nats={nats} />}
      foot={
        <>
          <p>
            {nats.state === "ended" ? "This link is for" : "Signed in as"} <strong>{device.name || "a device"}</strong>{" "}
            of account <code title={device.account}>{shortKey(device.account)}</code>
            {device.expires !== undefined && <>, until {moment(device.expires)}</>}. This page keeps its key in memory
            and forgets it when it is closed or loaded again.
          </p>
          <button type="button" className={css.out} onClick={signOut}>
            Sign out
          </button>
        </>
      }
    >
      {nats.state === "ended" ? (
        <Ended why={nats.why} again={() => setAttempt({ ...device })} />
      ) : (
        <ServicesPage nats={nats} />
      )}
    </Frame>
  );
}

function Ended({ why, again }: { readonly why: "expired" | "refused"; readonly again: () => void }) {
  if (why === "expired") {
    return (
      <Notice title="This link has expired">
        <p>The device it stands for is signed out. Ask whoever gave it to you for another.</p>
      </Notice>
    );
  }
  return (
    <Notice title="nats-server does not accept this link">
      <p>
        Its device was revoked, or the link belongs to another Natster. Ask for a new one, or try again if that
        surprises you.
      </p>
      <button type="button" className={css.again} onClick={again}>
        Try again
      </button>
    </Notice>
  );
}
