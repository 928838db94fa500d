/** The lab as a program; run as a file of its own it is a process. */
import * as z from "zod";
import { handlers, lab } from "./lab.fixture.ts";
import { defineProgram, run } from "./program.ts";

export const program = defineProgram({ contract: lab, config: z.object({}), implement: () => ({ handlers }) });

if (import.meta.main) await run(program);
