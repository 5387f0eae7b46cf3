import type { QuotaStore, StoredToken, TokenStore } from "../wechat/api/ports.ts";

/** Keeps tokens for this run only, so that the platform is really asked for one. */
export function createFreshTokens(): TokenStore {
  const kept = new Map<string, StoredToken>();
  return {
    get: async (kind) => kept.get(kind) ?? null,
    save: async (kind, token) => void kept.set(kind, token),
    lease: async () => true,
    release: async () => {},
  };
}

/** For a client that sends nothing to anybody. */
export const NO_QUOTAS: QuotaStore = {
  openWindow: async () => {},
  takeFrom: async () => false,
  windows: async () => ({}),
  closeWindows: async () => {},
  count: async () => false,
};
