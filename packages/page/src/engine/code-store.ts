/**
 * The share codes that this browser issued, until they are answered or have run out: a page that is loaded anew answers
 * them still. `peer` and `seal` of a code are all that is secret here, and they go with it.
 */
import { CodeKeptError, type CodeRecord, type CodeStore, type DecidedClaim } from "@natster/person";
import { openStore } from "./database.ts";

const records = openStore<CodeRecord>("codes");
const claims = openStore<DecidedClaim>("decided");

export const codesHere: CodeStore = {
  async save(record) {
    if (!(await records.add(record.id, record))) throw new CodeKeptError(record.id);
  },
  get: (id) => records.get(id),
  ids: async () => (await records.all()).map(({ id }) => id),
  async decide(id, claim) {
    // Several tabs without a shared worker may decide at once: the first to write has.
    await claims.add(id, claim);
    const decided = await claims.get(id);
    if (!decided) throw new Error(`the decision about code ${id} is gone`);
    return decided;
  },
  decided: (id) => claims.get(id),
  async remove(id) {
    // The record first: without it nothing is answered, whatever became of the claim.
    await records.remove(id);
    await claims.remove(id);
  },
};

/** Forgets all of them, as whoever signs out does. */
export async function forgetCodes(): Promise<void> {
  for (const id of await codesHere.ids()) await codesHere.remove(id);
}
