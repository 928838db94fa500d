/** What this browser keeps: a few records in IndexedDB, by the names of their stores. */

const stores = ["device", "transfers", "claims", "codes", "decided"] as const;
export type StoreName = (typeof stores)[number];

/** A store of records, each under a key of its own. */
export interface Store<T> {
  readonly get: (key: string) => Promise<T | undefined>;
  readonly all: () => Promise<T[]>;
  /** Keeps a record where none has this key; whether it did. */
  readonly add: (key: string, value: T) => Promise<boolean>;
  readonly put: (key: string, value: T) => Promise<void>;
  readonly remove: (key: string) => Promise<void>;
}

/** Opens a store. What it holds was written by a page of this origin. */
export function openStore<T>(name: StoreName): Store<T> {
  const within = async <R>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<R>): Promise<R> => {
    const transaction = (await database()).transaction(name, mode);
    const request = ask(transaction.objectStore(name));
    // It is kept when the transaction says so, not when the request has its answer.
    await new Promise<void>((resolve, reject) => {
      transaction.addEventListener("complete", () => resolve());
      transaction.addEventListener("abort", () => reject(transaction.error ?? new Error("not kept")));
    });
    return request.result;
  };
  return {
    get: (key) => within<T | undefined>("readonly", (store) => store.get(key)),
    all: () => within<T[]>("readonly", (store) => store.getAll()),
    async add(key, value) {
      try {
        await within("readwrite", (store) => store.add(value, key));
        return true;
      } catch (error) {
        if (error instanceof DOMException && error.name === "ConstraintError") return false;
        throw error;
      }
    },
    put: async (key, value) => void (await within("readwrite", (store) => store.put(value, key))),
    remove: (key) => within("readwrite", (store) => store.delete(key)),
  };
}

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  opened ??= open();
  return opened;
}

const open = (): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const request = indexedDB.open("natster", 3);
    request.addEventListener("upgradeneeded", () => {
      for (const store of stores) {
        if (!request.result.objectStoreNames.contains(store)) request.result.createObjectStore(store);
      }
    });
    request.addEventListener("success", () => resolve(request.result));
    request.addEventListener("error", () => reject(request.error ?? new Error("IndexedDB does not open")));
  });
