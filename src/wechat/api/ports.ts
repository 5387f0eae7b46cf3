/** Times in milliseconds since 1970. */
export interface StoredToken {
  value: string;
  expiresAt: number;
  fetchedAt: number;
}

/**
 * The values are secrets. Kinds: `access_token`, `access_token_forced`, `jsapi_ticket`, and `media_refused`,
 * which holds a code and no secret.
 */
export interface TokenStore {
  get(kind: string): Promise<StoredToken | null>;
  save(kind: string, token: StoredToken): Promise<void>;
  /** True when this owner now holds the only lease of that kind, for at most `ms`; false while another owner holds it. */
  lease(kind: string, ms: number): Promise<boolean>;
  release(kind: string): Promise<void>;
}

/** `message`: after a message of his, 48 hours. `brief`: after a click, a scan or a subscription, one minute. */
export type WindowName = "message" | "brief";

export interface SayWindow {
  left: number;
  until: number;
}

/** What may still be said, for each openid, and counters that end with a day. Every step is atomic over all processes. */
export interface QuotaStore {
  /** Sets the window, unless one that closes later is already there. */
  openWindow(openid: string, name: WindowName, window: SayWindow): Promise<void>;
  /** Takes one if the window is open at `at` and has one left. */
  takeFrom(openid: string, name: WindowName, at: number): Promise<boolean>;
  windows(openid: string): Promise<Partial<Record<WindowName, SayWindow>>>;
  closeWindows(openid: string): Promise<void>;
  /** Counts one under `key` until `expiresAt`; false, and nothing counted, when `limit` is reached. */
  count(key: string, limit: number, expiresAt: number): Promise<boolean>;
}
