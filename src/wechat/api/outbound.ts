import type { Outbound } from "../puppet/outbound.ts";
import type { WechatApi } from "./client.ts";
import type { CustomerQuota } from "./quota.ts";

export interface OutboundOptions {
  api: Pick<WechatApi, "sendText" | "sendImage" | "sendNews" | "sendMiniProgram" | "uploadImage" | "getMedia">;
  quota: CustomerQuota;
  clock: { now(): Date };
}

/**
 * Sends customer messages for the puppet, each counted before it is sent (`quota.send`). Throws where nothing
 * may be said any more, so that the caller can use another channel.
 */
export function createOutbound({ api, quota, clock }: OutboundOptions): Outbound {
  const counted = (openid: string, say: () => Promise<void>) => quota.send(openid, say, { at: clock.now() });
  return {
    text: (openid, content) => counted(openid, () => api.sendText(openid, content)),
    image: (openid, mediaId) => counted(openid, () => api.sendImage(openid, mediaId)),
    news: (openid, article) => counted(openid, () => api.sendNews(openid, article)),
    miniProgram: (openid, card) => counted(openid, () => api.sendMiniProgram(openid, card)),
    upload: (picture) => api.uploadImage(picture),
    download: (mediaId) => api.getMedia(mediaId),
  };
}
