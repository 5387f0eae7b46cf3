import { Upstream } from "../../errors.ts";
import type { Log } from "../../log.ts";
import type { StoredToken, TokenStore } from "./ports.ts";

export interface KeptToken {
  get(): Promise<string>;
  /**
   * Reports that the platform does not accept `bad`. Returns another token, or the same one when the platform
   * confirms it.
   */
  renew(bad: string, errcode: number): Promise<string>;
}

export interface KeptTokenOptions {
  kind: string;
  store: TokenStore;
  now: () => number;
  log: Log;
  sleep: (ms: number) => Promise<void>;
  /** Asks the platform; only some kinds support `force`. */
  fetch: (force: boolean) => Promise<{ value: string; expiresInS: number }>;
  /** Whether this errcode may force the platform to issue a new token. */
  mayForce?: (errcode: number) => Promise<boolean>;
}

interface InFlight {
  bad: string | null;
  token: Promise<StoredToken>;
}

const EARLY_MS = 5 * 60_000;
const PAUSE_MS = 30_000;
/**
 * Shorter than callers wait for a token, so that a process that dies with the lease delays nobody. Two
 * processes that ask at once get the same stable token.
 */
const LEASE_MS = 8_000;
const POLL_MS = 100;
const POLLS = 100;

/**
 * Creates a token that all processes share: a shared promise makes one call per process, the store's lease
 * one among processes.
 */
export function createKeptToken(options: KeptTokenOptions): KeptToken {
  const { kind, store, now, log, sleep, fetch } = options;
  let current: StoredToken | null = null;
  let inFlight: InFlight | null = null;
  let confirmedBad: { value: string; until: number } | null = null;

  // A token is renewed five minutes early. When the platform returns the old one in its last minutes, it is
  // asked at most twice a minute.
  const isFresh = (token: StoredToken | null): token is StoredToken =>
    token !== null &&
    now() < Math.max(token.expiresAt - EARLY_MS, Math.min(token.fetchedAt + PAUSE_MS, token.expiresAt));

  async function fromPlatform(bad: string | null, errcode: number): Promise<StoredToken> {
    let fetched = await fetch(false);
    if (fetched.value === bad && (await options.mayForce?.(errcode))) {
      log.warn({ kind, errcode }, "wechat token renewed by force");
      fetched = await fetch(true);
    }
    const at = now();
    const token = { value: fetched.value, expiresAt: at + fetched.expiresInS * 1000, fetchedAt: at };
    await store.save(kind, token);
    log.info({ kind, expiresInS: fetched.expiresInS }, "wechat token fetched");
    return token;
  }

  async function refresh(bad: string | null, errcode: number): Promise<StoredToken> {
    for (let poll = 0; poll < POLLS; poll += 1) {
      const stored = await store.get(kind);
      if (isFresh(stored) && stored.value !== bad) return stored;
      if (await store.lease(kind, LEASE_MS)) {
        try {
          // Another process may have renewed it since we looked.
          const again = await store.get(kind);
          if (isFresh(again) && again.value !== bad) return again;
          return await fromPlatform(bad, errcode);
        } finally {
          await store.release(kind);
        }
      }
      await sleep(POLL_MS);
    }
    throw new Upstream("wechat-token", { kind, reason: "lease" }, true);
  }

  function start(bad: string | null, errcode: number): Promise<StoredToken> {
    const token = refresh(bad, errcode).then(
      (got) => {
        current = got;
        if (got.value === bad) confirmedBad = { value: bad, until: now() + PAUSE_MS };
        return got;
      },
      (error: unknown) => {
        // While the platform is unreachable the old token serves until it expires.
        if (bad === null && current && now() < current.expiresAt) return current;
        throw error;
      },
    );
    const mine = { bad, token };
    inFlight = mine;
    const clear = () => {
      if (inFlight === mine) inFlight = null;
    };
    token.then(clear, clear);
    return token;
  }

  return {
    async get() {
      if (isFresh(current)) return current.value;
      return (await (inFlight?.token ?? start(null, 0))).value;
    },
    async renew(bad, errcode) {
      if (current && current.value !== bad && isFresh(current)) return current.value;
      if (confirmedBad?.value === bad && now() < confirmedBad.until) return bad;
      while (inFlight) {
        const joined: InFlight = inFlight;
        const got = await joined.token;
        if (got.value !== bad || joined.bad === bad) return got.value;
      }
      return (await start(bad, errcode)).value;
    },
  };
}
