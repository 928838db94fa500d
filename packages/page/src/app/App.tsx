import type { Link } from "../device/link.ts";
import { useLink } from "../device/use-link.ts";
import { Welcome } from "../welcome/Welcome.tsx";
import { Session } from "./Session.tsx";

/** The page: signed in by a link, or a welcome that says how to be. */
export function App({ first }: { readonly first: Link }) {
  const [link, letGo] = useLink(first);
  if (link.state !== "good") return <Welcome link={link} />;
  return <Session key={link.device.user} device={link.device} signOut={letGo} />;
}
