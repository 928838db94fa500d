import { run } from "@natster/micro";
import { program } from "./program.ts";

await run(program);
