import { Upstream } from "../../errors.ts";
import type { Log } from "../../log.ts";
import type { Metrics } from "../../metrics.ts";
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
  metrics?: Pick<Metrics, "wechatToken"> | undefined;
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
export const createKeptToken = (options: KeptTokenOptions): KeptToken => new SharedToken(options);

class SharedToken implements KeptToken {
  readonly #options: KeptTokenOptions;
  #current: StoredToken | null = null;
  #inFlight: InFlight | null = null;
  #confirmedBad: { value: string; until: number } | null = null;

  constructor(options: KeptTokenOptions) {
    this.#options = options;
  }

  readonly get = async (): Promise<string> => {
    if (this.#isFresh(this.#current)) return this.#current.value;
    return (await (this.#inFlight?.token ?? this.#start(null, 0))).value;
  };

  readonly renew = async (bad: string, errcode: number): Promise<string> => {
    const current = this.#current;
    if (current && current.value !== bad && this.#isFresh(current)) return current.value;
    if (this.#confirmedBad?.value === bad && this.#options.now() < this.#confirmedBad.until) return bad;
    while (this.#inFlight) {
      const joined: InFlight = this.#inFlight;
      const got = await joined.token;
      if (got.value !== bad || joined.bad === bad) return got.value;
    }
    return (await this.#start(bad, errcode)).value;
  };

  /**
   * A token is renewed five minutes early. When the platform returns the old one in its last minutes, it is
   * asked at most twice a minute.
   */
  #isFresh(token: StoredToken | null): token is StoredToken {
    if (token === null) return false;
    const { expiresAt, fetchedAt } = token;
    return this.#options.now() < Math.max(expiresAt - EARLY_MS, Math.min(fetchedAt + PAUSE_MS, expiresAt));
  }

  #start(bad: string | null, errcode: number): Promise<StoredToken> {
    const token = this.#refresh(bad, errcode).then(
      (got) => {
        this.#current = got;
        this.#options.metrics?.wechatToken(this.#options.kind, got.expiresAt);
        if (got.value === bad) this.#confirmedBad = { value: bad, until: this.#options.now() + PAUSE_MS };
        return got;
      },
      (error: unknown) => {
        // While the platform is unreachable the old token serves until it expires.
        if (bad === null && this.#current && this.#options.now() < this.#current.expiresAt) return this.#current;
        throw error;
      },
    );
    const mine = { bad, token };
    this.#inFlight = mine;
    const clear = () => {
      if (this.#inFlight === mine) this.#inFlight = null;
    };
    token.then(clear, clear);
    return token;
  }

  async #refresh(bad: string | null, errcode: number): Promise<StoredToken> {
    const { kind, store, sleep } = this.#options;
    for (let poll = 0; poll < POLLS; poll += 1) {
      const stored = await store.get(kind);
      if (this.#isFresh(stored) && stored.value !== bad) return stored;
      if (await store.lease(kind, LEASE_MS)) {
        try {
          // Another process may have renewed it since we looked.
          const again = await store.get(kind);
          if (this.#isFresh(again) && again.value !== bad) return again;
          return await this.#fromPlatform(bad, errcode);
        } finally {
          await store.release(kind);
        }
      }
      await sleep(POLL_MS);
    }
    throw new Upstream("wechat-token", { kind, reason: "lease" }, true);
  }

  async #fromPlatform(bad: string | null, errcode: number): Promise<StoredToken> {
    const { kind, store, now, log, fetch, mayForce } = this.#options;
    let fetched = await fetch(false);
    if (fetched.value === bad && (await mayForce?.(errcode))) {
      log.warn({ kind, errcode }, "wechat.token-forced");
      fetched = await fetch(true);
    }
    const at = now();
    const token = { value: fetched.value, expiresAt: at + fetched.expiresInS * 1000, fetchedAt: at };
    await store.save(kind, token);
    log.info({ kind, expiresInS: fetched.expiresInS }, "wechat.token-fetched");
    return token;
  }
}
