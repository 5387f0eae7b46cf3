import Joi from "joi";
import type { Caller } from "./caller.ts";

export interface NewsArticle {
  title: string;
  description?: string;
  url: string;
  picUrl?: string;
}

export interface MiniProgramPage {
  title: string;
  appid: string;
  pagePath: string;
  thumbMediaId: string;
}

export interface MenuMessage {
  head: string;
  items: ReadonlyArray<{ id: string; content: string }>;
  tail?: string;
}

export interface MiniProgramLink {
  appid: string;
  pagePath?: string;
}

export interface TemplateMessage {
  openid: string;
  templateId: string;
  data: Readonly<Record<string, string>>;
  /** Page that a tap opens; a mini program takes precedence. */
  url?: string;
  miniProgram?: MiniProgramLink;
  /** The platform sends one message per openid and id within ten minutes, so a repetition is harmless. */
  clientMsgId: string;
}

export interface SubscriptionNotice {
  openid: string;
  templateId: string;
  data: Readonly<Record<string, string>>;
  page?: string;
  miniProgram?: MiniProgramLink;
}

export interface Messages {
  sendText(openid: string, text: string): Promise<void>;
  sendImage(openid: string, mediaId: string): Promise<void>;
  sendNews(openid: string, article: NewsArticle): Promise<void>;
  sendMiniProgram(openid: string, page: MiniProgramPage): Promise<void>;
  sendMenu(openid: string, menu: MenuMessage): Promise<void>;
  sendTyping(openid: string, typing?: boolean): Promise<void>;
  /** Sends a template message; TEMPLATESENDJOBFINISH will name `msgId`. */
  sendTemplate(message: TemplateMessage): Promise<{ msgId: string }>;
  sendSubscription(notice: SubscriptionNotice): Promise<{ msgId: string | null }>;
}

const CUSTOM = "/cgi-bin/message/custom/send";
const msgid = Joi.string().pattern(/^\d{1,20}$/);
const templateSchema = Joi.object<{ msgid: string }>({ msgid: msgid.required() });
const noticeSchema = Joi.object<{ msgid?: string }>({ msgid });

/** Sends the account's messages to a person. No send is repeated after a time-out: it may have arrived. */
export function createMessages(caller: Caller): Messages {
  const custom = (openid: string, msgtype: string, body: object) =>
    caller.done({ method: "POST", path: CUSTOM, json: { touser: openid, msgtype, [msgtype]: body } });

  return {
    sendText: (openid, text) => custom(openid, "text", { content: text }),
    sendImage: (openid, mediaId) => custom(openid, "image", { media_id: mediaId }),
    sendNews: (openid, { title, description = "", url, picUrl = "" }) =>
      custom(openid, "news", { articles: [{ title, description, url, picurl: picUrl }] }),
    sendMiniProgram: (openid, { title, appid, pagePath, thumbMediaId }) =>
      custom(openid, "miniprogrampage", { title, appid, pagepath: pagePath, thumb_media_id: thumbMediaId }),
    sendMenu: (openid, { head, items, tail = "" }) =>
      custom(openid, "msgmenu", { head_content: head, list: items, tail_content: tail }),
    sendTyping: (openid, typing = true) =>
      caller.done({
        method: "POST",
        path: "/cgi-bin/message/custom/typing",
        json: { touser: openid, command: typing ? "Typing" : "CancelTyping" },
      }),

    async sendTemplate({ openid, templateId, data, url, miniProgram, clientMsgId }) {
      const json = {
        touser: openid,
        template_id: templateId,
        ...(url && { url }),
        ...(miniProgram && { miniprogram: wireMiniProgram(miniProgram) }),
        client_msg_id: clientMsgId,
        data: wireData(data),
      };
      const path = "/cgi-bin/message/template/send";
      const answer = await caller.json({ method: "POST", path, json, onTimeout: "caller-may-retry" }, templateSchema);
      return { msgId: answer.msgid };
    },

    async sendSubscription({ openid, templateId, data, page, miniProgram }) {
      const json = {
        touser: openid,
        template_id: templateId,
        ...(page && { page }),
        ...(miniProgram && { miniprogram: wireMiniProgram(miniProgram) }),
        data: wireData(data),
      };
      const path = "/cgi-bin/message/subscribe/bizsend";
      const answer = await caller.json({ method: "POST", path, json }, noticeSchema);
      return { msgId: answer.msgid ?? null };
    },
  };
}

function wireData(data: Readonly<Record<string, string>>) {
  return Object.fromEntries(Object.entries(data).map(([field, value]) => [field, { value }]));
}

function wireMiniProgram({ appid, pagePath = "" }: MiniProgramLink) {
  return { appid, pagepath: pagePath };
}
