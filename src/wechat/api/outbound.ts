import { Upstream } from "../../errors.ts";
import type { Outbound } from "../puppet/outbound.ts";
import type { WechatApi } from "./client.ts";
import type { CustomerQuota } from "./quota.ts";

export interface OutboundOptions {
  api: Pick<WechatApi, "sendText" | "sendImage" | "sendNews" | "sendMiniProgram" | "uploadImage" | "getMedia">;
  quota: CustomerQuota;
  clock: { now(): Date };
}

const CLOSING = new Set(["wechat-window-closed", "wechat-window-used-up"]);

/**
 * Customer messages for the puppet, each counted before it goes out. Where nothing may be said any more it throws what the platform
 * would say (`Upstream("wechat-window-closed")`, action `switch-channel`), so that the caller can take another channel.
 */
export function createOutbound({ api, quota, clock }: OutboundOptions): Outbound {
  async function counted(openid: string, say: () => Promise<void>): Promise<void> {
    if (!(await quota.take(openid, clock.now()))) {
      throw new Upstream("wechat-window-closed", { action: "switch-channel" }, false);
    }
    try {
      await say();
    } catch (error) {
      if (error instanceof Upstream && CLOSING.has(error.code)) await quota.closed(openid);
      throw error;
    }
  }

  return {
    text: (openid, content) => counted(openid, () => api.sendText(openid, content)),
    image: (openid, mediaId) => counted(openid, () => api.sendImage(openid, mediaId)),
    news: (openid, article) => counted(openid, () => api.sendNews(openid, article)),
    miniProgram: (openid, card) => counted(openid, () => api.sendMiniProgram(openid, card)),
    upload: (picture) => api.uploadImage(picture),
    download: (mediaId) => api.getMedia(mediaId),
  };
}
