/** Mirrors a catalog into a folder; a process of its own, to be killed. It tells how far it is and how it ended. */
import { readFile } from "node:fs/promises";
import { AccountKey, CatalogName } from "@natster/contracts";
import { mirror } from "@natster/files/download";
import { connectDevice, readCatalog } from "@natster/person";
import { connect } from "@nats-io/transport-node";
import { nameOf, type Order, type Told, toldOf } from "./reader.fixture.ts";

const order: Order = JSON.parse(process.argv[2] ?? "");
const tell = (told: Told) => process.stdout.write(`${JSON.stringify(told)}\n`);
try {
  const creds = await readFile(order.creds, "utf8");
  await using person = await connectDevice({ ...order.place, dial: connect }, creds, "reader");
  const address = { owner: AccountKey.parse(order.owner), catalog: CatalogName.parse(order.catalog) };
  using catalog = await readCatalog(person, address);
  const { failures } = await mirror(catalog, order.target, { onProgress: ({ bytes }) => void tell({ bytes }) });
  tell({ ended: toldOf(failures) });
} catch (error) {
  tell({ ended: nameOf(error) });
  process.exitCode = 1;
}
