import type { StoredToken, TokenStore } from "../../src/wechat/api/ports.ts";

interface Clock {
  now(): Date;
}

/** One memory for several owners, as the database is one for several processes. */
export function createTokenMemory(clock: Clock) {
  const tokens = new Map<string, StoredToken>();
  const leases = new Map<string, { owner: number; until: number }>();
  let owners = 0;

  function owner(): TokenStore {
    owners += 1;
    const me = owners;
    return {
      get: async (kind) => tokens.get(kind) ?? null,
      save: async (kind, token) => {
        tokens.set(kind, token);
      },
      lease: async (kind, ms) => {
        const held = leases.get(kind);
        if (held && held.owner !== me && held.until > clock.now().getTime()) return false;
        leases.set(kind, { owner: me, until: clock.now().getTime() + ms });
        return true;
      },
      release: async (kind) => {
        if (leases.get(kind)?.owner === me) leases.delete(kind);
      },
    };
  }
  return { owner, tokens, leases };
}

export function createMemoryTokenStore(clock: Clock): TokenStore {
  return createTokenMemory(clock).owner();
}
