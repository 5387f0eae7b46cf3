import { Upstream } from "../../errors.ts";
import type { Log } from "../../log.ts";
import type { StoredToken, TokenStore } from "./ports.ts";

export interface KeptToken {
  get(): Promise<string>;
  /** The platform does not accept `bad`: answers another token, or the same one when the platform insists on it. */
  renew(bad: string, errcode: number): Promise<string>;
}

export interface KeptTokenOptions {
  kind: string;
  store: TokenStore;
  now: () => number;
  log: Log;
  sleep: (ms: number) => Promise<void>;
  /** Asks the platform. `force` only where the kind knows it. */
  fetch: (force: boolean) => Promise<{ value: string; expiresInS: number }>;
  /** Whether the platform may be made to give a new one after this errcode. */
  mayForce?: (errcode: number) => Promise<boolean>;
}

interface Flight {
  bad: string | null;
  token: Promise<StoredToken>;
}

const EARLY_MS = 5 * 60_000;
const PAUSE_MS = 30_000;
/** Shorter than we wait for it: a process that died with the lease holds nobody up. That two then ask is harmless: a stable token is the same for both. */
const LEASE_MS = 8_000;
const POLL_MS = 100;
const POLLS = 100;

/** A token that is fetched once for all processes: single flight here by a shared promise, among processes by the store's lease. */
export function createKeptToken(options: KeptTokenOptions): KeptToken {
  const { kind, store, now, log, sleep, fetch } = options;
  let current: StoredToken | null = null;
  let flight: Flight | null = null;
  let insisted: { value: string; until: number } | null = null;

  // Five minutes early; but a token that the platform hands out again in its last minutes is not asked for more than twice a minute.
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
          // Between our look and our lease another process may have finished.
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
        if (got.value === bad) insisted = { value: bad, until: now() + PAUSE_MS };
        return got;
      },
      (error: unknown) => {
        // While the platform is down the last minutes of the old token still serve.
        if (bad === null && current && now() < current.expiresAt) return current;
        throw error;
      },
    );
    const mine = { bad, token };
    flight = mine;
    const land = () => {
      if (flight === mine) flight = null;
    };
    token.then(land, land);
    return token;
  }

  return {
    async get() {
      if (isFresh(current)) return current.value;
      return (await (flight?.token ?? start(null, 0))).value;
    },
    async renew(bad, errcode) {
      if (current && current.value !== bad && isFresh(current)) return current.value;
      if (insisted?.value === bad && now() < insisted.until) return bad;
      while (flight) {
        const joined: Flight = flight;
        const got = await joined.token;
        if (got.value !== bad || joined.bad === bad) return got.value;
      }
      return (await start(bad, errcode)).value;
    },
  };
}
