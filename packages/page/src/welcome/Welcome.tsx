import type { Link } from "../device/link.ts";
import { Frame } from "../app/Frame.tsx";
import { moment } from "../format.ts";
import css from "./Welcome.module.css";

/** Who comes without a link, or with one that does not work, learns what this is and how to get one. */
export function Welcome({ link }: { readonly link: Exclude<Link, { state: "good" }> }) {
  return (
    <Frame>
      <div className={css.welcome}>
        {link.state === "unreadable" && (
          <p role="alert" className={css.problem}>
            <strong>This link cannot be read.</strong> Perhaps a part of it is missing: copy it as a whole and open it
            again.
          </p>
        )}
        {link.state === "expired" && (
          <p role="alert" className={css.problem}>
            <strong>This link has expired.</strong> {link.name ? `“${link.name}”` : "It"} could sign in until{" "}
            {moment(link.expired)}. Ask for a new one.
          </p>
        )}
        <h1 className={css.title}>Share folders straight from where they are</h1>
        <p className={css.lead}>
          Natster lets people share folders of files with one another, from the machine on which the files already are.
          Nothing is uploaded, and nobody has it who was not given it. What is read is not sealed yet: whoever runs the
          nats-server could look on.
        </p>
        <section className={css.how}>
          <h2>This page opens with a link</h2>
          <p>
            A link signs this browser in as a device, for a time. Whoever runs this Natster has one: it is printed where
            Natster was started. Open it here, and this page is yours.
          </p>
          <p className={css.quiet}>
            What signs you in stands after the <code>#</code> and is sent to no server. The page keeps it in memory
            only, so after loading it again, open your link again.
          </p>
        </section>
      </div>
    </Frame>
  );
}
