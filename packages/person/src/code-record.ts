/** What an issuer keeps of a code that it issued: all that it ever acts on when somebody claims it. */
import { AccountKey, CatalogName, CodeId, Label, Role, UnixTime, UserKey } from "@natster/contracts";
import { Bytes32, ClaimTranscript } from "@natster/contracts/codes";
import * as z from "zod";

/** What whoever claims the code is given. */
export const CodeGift = z.discriminatedUnion("purpose", [
  z.strictObject({
    purpose: z.literal("device"),
    role: Role,
    maySign: z.boolean(),
    administrator: z.boolean(),
    name: Label,
    /** Seconds until the device has to be renewed; for ever where nothing is said. */
    lasts: z.int().positive().optional(),
  }),
  z.strictObject({
    purpose: z.literal("share"),
    catalog: CatalogName,
    /** When the grant runs out. */
    until: UnixTime.optional(),
  }),
]);
export type CodeGift = z.infer<typeof CodeGift>;

/** An issued code without its secret, which nobody needs any more. `peer` and `seal` are secrets all the same. */
export const CodeRecord = z.strictObject({
  id: CodeId,
  gift: CodeGift,
  audience: AccountKey.optional(),
  peer: Bytes32,
  seal: Bytes32,
  expires: UnixTime,
  /** The device that handed the code over; none where it is this one's own. */
  keptFor: UserKey.optional(),
});
export type CodeRecord = z.infer<typeof CodeRecord>;

/** The one claim of a code that is answered, and the second in which that was decided. */
export const DecidedClaim = z.strictObject({ hash: Bytes32, transcript: ClaimTranscript, at: UnixTime });
export type DecidedClaim = z.infer<typeof DecidedClaim>;

/** A code of this id is kept already. */
export class CodeKeptError extends Error {
  override readonly name = "CodeKeptError";

  constructor(id: CodeId) {
    super(`code ${id} is there already`);
  }
}

/** Where an issuer keeps its codes. What resolves is stored, and survives a crash where the store survives one. */
export interface CodeStore {
  /** Keeps a new code. Rejects with `CodeKeptError` where its id is there already. */
  save(record: CodeRecord): Promise<void>;
  get(id: CodeId): Promise<CodeRecord | undefined>;
  ids(): Promise<CodeId[]>;
  /** Decides that this claim is answered, unless another is already; resolves with the one that is, for ever. */
  decide(id: CodeId, claim: DecidedClaim): Promise<DecidedClaim>;
  /** The claim that is answered, where that is decided. */
  decided(id: CodeId): Promise<DecidedClaim | undefined>;
  remove(id: CodeId): Promise<void>;
}

/** Keeps codes in memory: they end with the process, or with the page. */
export function memoryCodeStore(): CodeStore {
  const records = new Map<CodeId, CodeRecord>();
  const claims = new Map<CodeId, DecidedClaim>();
  return {
    async save(record) {
      if (records.has(record.id)) throw new CodeKeptError(record.id);
      records.set(record.id, record);
    },
    get: async (id) => records.get(id),
    ids: async () => [...records.keys()],
    async decide(id, claim) {
      const decided = claims.get(id) ?? claim;
      claims.set(id, decided);
      return decided;
    },
    decided: async (id) => claims.get(id),
    async remove(id) {
      records.delete(id);
      claims.delete(id);
    },
  };
}
