/**
 * Has a nats-server at hand before the first test that needs one: to fetch or build it takes longer than a test may. The
 * tests are told where it is, so that none of them looks for it again.
 */
import { findNatsServer } from "@natster/nats-server";

export default async function setup(): Promise<void> {
  const { path } = await findNatsServer({ tell: (slow) => console.log(slow) });
  process.env["NATS_SERVER_BIN"] = path;
}
