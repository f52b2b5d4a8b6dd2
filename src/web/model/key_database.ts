/** Key pairs in IndexedDB, which keeps even those that no script can read. */

import type { KeptPairs, PairStore } from "./browser_keys.ts";

const DATABASE = "confab";
const STORE = "keys";

type OpenStore = (mode: IDBTransactionMode) => IDBObjectStore;

export const KEY_DATABASE: PairStore = {
  read: (place) => inDatabase<KeptPairs | undefined>((store) => store("readonly").get(place)),
  add: async (place, pairs) => {
    await inDatabase((store) => store("readwrite").add(pairs, place));
    // The browser may ask the user, or refuse: then it removes the key when it lacks space.
    void navigator.storage?.persist?.().catch(() => false);
  },
  remove: (place) => inDatabase((store) => store("readwrite").delete(place)),
};

/** Resolves with the result of one request. */
async function inDatabase<T>(ask: (store: OpenStore) => IDBRequest<T>): Promise<T> {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  const database = await settled(opening);
  try {
    return await settled(ask((mode) => database.transaction(STORE, mode).objectStore(STORE)));
  } finally {
    database.close();
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
  return promise;
}
