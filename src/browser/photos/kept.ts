// Stores unsent pictures on the phone (IndexedDB), so that neither a lost signal nor a closed page loses one.
// A browser without storage (private mode) still sends; only closing the page then loses the picture.
import type { Original } from "./shrink.ts";

/** Bytes, not blobs: on iPhones a blob may be empty after the page was closed. */
export interface Kept {
  /** CASE/SLOT/TIME */
  key: string;
  /** when it was taken, milliseconds since 1970 */
  at: number;
  slot: string;
  type: string;
  bytes: ArrayBuffer;
  sha256?: string | null;
  from?: Original | null;
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open("kuaichu-photos", 1);
    request.onupgradeneeded = () => void request.result.createObjectStore("photos", { keyPath: "key" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function withStore<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise<T>((resolve, reject) => {
      const transaction = database.transaction("photos", mode);
      const request = act(transaction.objectStore("photos"));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

const nothing = () => undefined;

export const forget = (key: string): Promise<unknown> =>
  withStore("readwrite", (store) => store.delete(key)).catch(nothing);

export const remember = ({ key, at, slot, type, bytes, sha256, from }: Kept): Promise<unknown> =>
  withStore("readwrite", (store) => store.put({ key, at, slot, type, bytes, sha256, from })).catch(nothing);

/** Returns all of them, of other cases too, the oldest first. */
export async function remembered(): Promise<Kept[]> {
  const found = await withStore<Kept[]>("readonly", (store) => store.getAll()).catch((): Kept[] => []);
  return found.sort((one, other) => one.at - other.at);
}
