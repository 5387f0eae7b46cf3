// Drafts on the phone, one for each page's address, sealed with a key that only the signed-in person's pages
// carry: to whoever signs in on this phone next they are unreadable, and removed.
import type { Entries } from "./fields.ts";

const PREFIX = "kc-draft:";
/** Numbers of documents stand in a draft: it is kept for one visit to the roadside, no longer. */
const KEPT_MS = 2 * 3600 * 1000;
const IV_BYTES = 12;

/** Drafts of one person. Where the browser cannot keep or seal them, nothing is kept. */
export interface Drafts {
  read(path: string): Promise<Entries | null>;
  write(path: string, entries: Entries): Promise<void>;
  forget(path: string): void;
}

const nothing = () => null;
const bytesOf = (text: string) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
const textOf = (bytes: Uint8Array) => btoa(String.fromCharCode(...Array.from(bytes)));

/** `key`: 32 bytes, base64url. Null without a store or cryptography (a page without https). */
export function openDrafts(key: string): Drafts | null {
  if (!key || !self.crypto || !crypto.subtle) return null;
  try {
    removeOld(localStorage);
    return sealedDrafts(localStorage, key);
  } catch {
    return null;
  }
}

function removeOld(store: Storage): void {
  for (const name of Object.keys(store)) {
    if (!name.startsWith(PREFIX)) continue;
    const age = Date.now() - Number((store.getItem(name) ?? "").split(".")[0]);
    if (!(age >= 0 && age < KEPT_MS)) store.removeItem(name);
  }
}

function sealedDrafts(store: Storage, text: string): Drafts {
  const raw = bytesOf(text.replace(/-/g, "+").replace(/_/g, "/"));
  const key = crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  let newest = 0;
  return {
    async read(path) {
      const [, iv = "", sealed = ""] = (store.getItem(PREFIX + path) ?? "").split(".");
      if (!sealed) return null;
      const opened = await open(await key, bytesOf(iv), bytesOf(sealed)).catch(nothing);
      // somebody else's
      if (!opened) store.removeItem(PREFIX + path);
      return opened;
    },
    async write(path, entries) {
      const mine = ++newest;
      const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
      const plain = new TextEncoder().encode(JSON.stringify(entries));
      const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await key, plain));
      if (mine !== newest) return;
      try {
        store.setItem(PREFIX + path, [Date.now(), textOf(iv), textOf(sealed)].join("."));
      } catch {
        // no room on this phone: the page itself still has everything
      }
    },
    forget(path) {
      newest++;
      store.removeItem(PREFIX + path);
    },
  };
}

async function open(key: CryptoKey, iv: BufferSource, sealed: BufferSource): Promise<Entries> {
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed);
  return JSON.parse(new TextDecoder().decode(plain)) as Entries;
}
