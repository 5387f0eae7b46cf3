/** Times in milliseconds since 1970. */
export interface StoredToken {
  value: string;
  expiresAt: number;
  fetchedAt: number;
}

/**
 * Stores tokens; values are secrets. Kinds: `access_token`, `access_token_forced`, `jsapi_ticket`, and
 * `media_refused`, which holds a code instead.
 */
export interface TokenStore {
  get(kind: string): Promise<StoredToken | null>;
  save(kind: string, token: StoredToken): Promise<void>;
  /**
   * True when this owner now holds the only lease of that kind, for at most `ms`; false while another holds
   * it.
   */
  lease(kind: string, ms: number): Promise<boolean>;
  release(kind: string): Promise<void>;
}

/**
 * `message`: 48 hours after a person's message. `brief`: one minute after a click, a scan or a subscription.
 */
export type WindowName = "message" | "brief";

export interface SayWindow {
  left: number;
  until: number;
}

/**
 * Counts what may still be sent to each openid, and per-day counters. Every step is atomic over all
 * processes.
 */
export interface QuotaStore {
  /** Sets the window unless one that closes later is there already. */
  openWindow(openid: string, name: WindowName, window: SayWindow): Promise<void>;
  /** Takes one if the window is open at `at` and has one left. */
  takeFrom(openid: string, name: WindowName, at: number): Promise<boolean>;
  windows(openid: string): Promise<Partial<Record<WindowName, SayWindow>>>;
  closeWindows(openid: string): Promise<void>;
  /** Adds one under `key` until `expiresAt`; false, and nothing counted, when `limit` is reached. */
  count(key: string, limit: number, expiresAt: number): Promise<boolean>;
}
