/** Indexes the folder that it is given and prints what came of it; a process of its own, so that it can have fewer rights. */
import { entriesOf } from "./listing.fixture.ts";
import { indexFolder } from "./mod.ts";

await using index = await indexFolder(process.argv[2] ?? "");
const paths = entriesOf(index).map(({ path }) => path);
process.stdout.write(JSON.stringify({ paths, omitted: index.lastScan?.omitted }));
