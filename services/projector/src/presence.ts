/** Presence: which catalogs are served at this moment. It is kept in a bucket that all processes share. */
import { AccountKey, CatalogName, type InstanceId, type RowOf } from "@natster/contracts";
import { type Presence as Seen, presence as bucket, projector } from "@natster/contracts/library";
import { refuse } from "@natster/micro";
import type { RowWriter } from "@natster/micro/rows";

/** A catalog, by its owner and its name: two owners may use the same one. */
export interface CatalogId {
  readonly owner: AccountKey;
  readonly catalog: CatalogName;
}

/** What an instance says of itself. */
export interface Beat extends CatalogId {
  readonly instance: InstanceId;
  readonly revision: number;
}

export interface Presence {
  /** Takes a beat: the instance is there until it has been silent for too long. */
  beat(beat: Beat): Promise<void>;
  /** Takes a goodbye: the instance is gone. */
  leave(beat: Beat): Promise<void>;
  /** Takes the silence of an instance whose row has run out. */
  silence(key: string): Promise<void>;
  /** Adds to rows of catalogs whether each is served. Reading prolongs nothing. */
  seen<R extends CatalogId>(rows: readonly R[]): Promise<(R & Seen)[]>;
}

export interface PresenceOptions {
  readonly rows: RowWriter<RowOf<typeof bucket>>;
  /** For how many seconds a beat counts. */
  readonly seconds: number;
  /** Told when a catalog comes, changes or goes; not of each beat. */
  readonly announce: (id: CatalogId, seen: Seen) => Promise<void>;
}

/**
 * How many instances of one catalog may have a row, those lately gone included: an owner that made up ever more would
 * make every look at the catalog dearer for those who share it.
 */
const mostInstances = 24;
/** How many catalogs are looked up at once: nats-server answers for 1,024 rows in one go. */
const together = 32;

export function openPresence({ rows, seconds, announce }: PresenceOptions): Presence {
  const keyOf = ({ owner, catalog, instance }: CatalogId & { instance: string }) => `${owner}.${catalog}.${instance}`;
  /** Every row of a catalog, by instance; undefined where one was. */
  const instances = async (id: CatalogId) =>
    [...(await rows.slots([keyOf({ ...id, instance: "*" })]))].filter(([, { revision }]) => revision > 0);

  const look = async (id: CatalogId): Promise<Seen> => seenBy((await instances(id)).map(([, { row }]) => row));

  return {
    async beat(beat) {
      const key = keyOf(beat);
      const all = await instances(beat);
      const own = all.find(([each]) => each === key)?.[1];
      if (!own && all.length >= mostInstances) throw refuse(projector.endpoints.beat, "too_many_instances");
      const { revision } = beat;
      // Where another process writes the same row, it has taken a beat of the same instance.
      if ((await rows.put(key, { revision }, 0, own?.revision ?? 0, seconds)) === undefined) return;
      if (own?.row?.revision === revision) return;
      // Looked at before and after: of two that come at the same moment both say so, which is better than neither, and
      // of one that comes while the last one goes, one at least sees the other.
      const alone = (rows: typeof all) => rows.every(([each, { row }]) => each === key || !row);
      if (own?.row || alone(all) || alone(await instances(beat))) await announce(beat, await look(beat));
    },

    async leave(beat) {
      const key = keyOf(beat);
      const slot = await rows.slot(key);
      if (!slot.row) return;
      // What is left of it runs out too, or every process that ever served would leave a row.
      if ((await rows.put(key, undefined, 0, slot.revision, seconds)) === undefined) return;
      const now = await look(beat);
      if (!now.online) await announce(beat, now);
    },

    async silence(key) {
      const [owner, catalog] = key.split(".");
      const id = { owner: AccountKey.parse(owner), catalog: CatalogName.parse(catalog) };
      const now = await look(id);
      if (!now.online) await announce(id, now);
    },

    async seen(given) {
      const parts = Array.from({ length: Math.ceil(given.length / together) }, (_, part) =>
        given.slice(part * together, (part + 1) * together),
      );
      const found = new Map<string, (RowOf<typeof bucket> | undefined)[]>();
      await Promise.all(
        parts.map(async (part) => {
          for (const [key, { row }] of await rows.slots(part.map((id) => keyOf({ ...id, instance: "*" })))) {
            const catalog = key.slice(0, key.lastIndexOf("."));
            found.set(catalog, [...(found.get(catalog) ?? []), row]);
          }
        }),
      );
      return given.map((row) => ({ ...row, ...seenBy(found.get(`${row.owner}.${row.catalog}`) ?? []) }));
    },
  };
}

/** Online where any instance is; where they differ, the newest of what they serve. */
function seenBy(rows: readonly (RowOf<typeof bucket> | undefined)[]): Seen {
  const revisions = rows.flatMap((row) => row?.revision ?? []);
  return revisions.length > 0 ? { online: true, revision: Math.max(...revisions) } : { online: false };
}
