import type { QuotaStore, SayWindow, WindowName } from "../../src/wechat/api/ports.ts";

export function createMemoryQuotaStore(): QuotaStore {
  const people = new Map<string, Partial<Record<WindowName, SayWindow>>>();
  const counters = new Map<string, number>();
  const of = (openid: string) => {
    const windows = people.get(openid) ?? {};
    people.set(openid, windows);
    return windows;
  };
  return {
    async openWindow(openid, name, window) {
      const windows = of(openid);
      if ((windows[name]?.until ?? 0) <= window.until) windows[name] = { ...window };
    },
    async takeFrom(openid, name, at) {
      const window = of(openid)[name];
      if (!window || window.until <= at || window.left < 1) return false;
      window.left -= 1;
      return true;
    },
    windows: async (openid) => structuredClone(of(openid)),
    async closeWindows(openid) {
      people.delete(openid);
    },
    async count(key, limit) {
      const counted = counters.get(key) ?? 0;
      if (counted >= limit) return false;
      counters.set(key, counted + 1);
      return true;
    },
  };
}
