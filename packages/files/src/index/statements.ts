/** The statements of a database: each is prepared once. */
import type { DatabaseSync, StatementSync } from "node:sqlite";

/** Finds the statement for these words. The database takes all of them with it when it is closed. */
export function statementsOf(database: DatabaseSync): (sql: string) => StatementSync {
  const prepared = new Map<string, StatementSync>();
  return (sql) => {
    const known = prepared.get(sql);
    if (known) return known;
    const made = database.prepare(sql);
    prepared.set(sql, made);
    return made;
  };
}
