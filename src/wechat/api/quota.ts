import { Upstream } from "../../errors.ts";
import type { QuotaStore, SayWindow, WindowName } from "./ports.ts";

export type OpenedBy = "message" | "click" | "scan" | "subscribe";

const MINUTE_MS = 60_000;

/**
 * Customer messages that each act of a person allows: how many, in which window, for how long. Source: the
 * platform's page on customer messages.
 */
export const SAY_WINDOWS: Readonly<Record<OpenedBy, { name: WindowName; count: number; lastsMs: number }>> = {
  message: { name: "message", count: 5, lastsMs: 48 * 60 * MINUTE_MS },
  click: { name: "brief", count: 3, lastsMs: MINUTE_MS },
  scan: { name: "brief", count: 3, lastsMs: MINUTE_MS },
  subscribe: { name: "brief", count: 3, lastsMs: MINUTE_MS },
};

export interface CustomerQuota {
  /** Records an act of a person, at `at`, that allows messages. */
  opened(openid: string, by: OpenedBy, at: Date): Promise<void>;
  /** True when one more customer message may be sent now; it is counted. */
  take(openid: string, at: Date): Promise<boolean>;
  /**
   * Counts one customer message, then sends it: the one rule of windows and quotas. Throws
   * `Upstream("wechat-window-closed")` with the action `switch-channel` when nothing more may be sent, or not
   * more than `reserve`. When the platform itself refuses, the window is closed.
   */
  send(openid: string, say: () => Promise<void>, allowed: { at: Date; reserve?: number }): Promise<void>;
  /** Returns how many may still be sent. */
  left(openid: string, at: Date): Promise<number>;
  /**
   * Closes the windows until the person's next act: the platform refused (45015, 45047) or the person
   * unsubscribed.
   */
  closed(openid: string): Promise<void>;
}

/** Codes by which the platform says that nothing more may be sent, whatever was counted here. */
const CLOSING = new Set(["wechat-window-closed", "wechat-window-used-up"]);

/** Counts for each openid the customer messages that the platform still allows. */
export function createQuota({ store }: { store: QuotaStore }): CustomerQuota {
  const left: CustomerQuota["left"] = async (openid, at) => {
    const windows: SayWindow[] = Object.values(await store.windows(openid));
    return windows.reduce((sum, window) => (window.until > at.getTime() ? sum + window.left : sum), 0);
  };
  // The window that closes first is used first, which keeps the longer one for later.
  const take: CustomerQuota["take"] = async (openid, at) => {
    const moment = at.getTime();
    return (await store.takeFrom(openid, "brief", moment)) || (await store.takeFrom(openid, "message", moment));
  };
  return {
    async opened(openid, by, at) {
      const { name, count, lastsMs } = SAY_WINDOWS[by];
      await store.openWindow(openid, name, { left: count, until: at.getTime() + lastsMs });
    },
    take,
    left,
    async send(openid, say, { at, reserve = 0 }) {
      const isReserved = reserve > 0 && (await left(openid, at)) <= reserve;
      if (isReserved || !(await take(openid, at)))
        throw new Upstream("wechat-window-closed", { action: "switch-channel" }, false);
      try {
        await say();
      } catch (error) {
        if (error instanceof Upstream && CLOSING.has(error.code)) await store.closeWindows(openid);
        throw error;
      }
    },
    closed: (openid) => store.closeWindows(openid),
  };
}
