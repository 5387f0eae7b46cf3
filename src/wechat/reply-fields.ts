import type { Article, Reply } from "./reply.ts";

/** A reply in the platform's names, before it is written as XML or JSON. Undefined fields are left out. */
export type ReplyValue = string | number | undefined | ReplyFields | readonly ReplyFields[];
export interface ReplyFields {
  readonly [name: string]: ReplyValue;
}

const MAX_ARTICLES = 8;

type Writers = { [T in Reply["type"]]: (reply: Extract<Reply, { type: T }>) => ReplyFields };

const WRITERS: Writers = {
  text: (reply) => ({ MsgType: "text", Content: reply.content }),
  image: (reply) => ({ MsgType: "image", Image: { MediaId: reply.mediaId } }),
  voice: (reply) => ({ MsgType: "voice", Voice: { MediaId: reply.mediaId } }),
  video: (reply) => ({
    MsgType: "video",
    Video: { MediaId: reply.mediaId, Title: reply.title, Description: reply.description },
  }),
  music: (reply) => ({
    MsgType: "music",
    Music: {
      Title: reply.title,
      Description: reply.description,
      MusicUrl: reply.url,
      HQMusicUrl: reply.hqUrl,
      ThumbMediaId: reply.thumbMediaId,
    },
  }),
  news: ({ articles }) => ({
    MsgType: "news",
    ArticleCount: articles.length,
    Articles: { item: articles.map(articleFields) },
  }),
  transfer: (reply) => ({
    MsgType: "transfer_customer_service",
    TransInfo: reply.account === undefined ? undefined : { KfAccount: reply.account },
  }),
};

export interface ReplyAddress {
  readonly openid: string;
  readonly account: string;
  readonly createdAtS: number;
}

/**
 * Returns the fields of a reply in the order of the platform's samples. Throws RangeError for news without
 * articles or with more than eight.
 */
export function replyFields(reply: Reply, { openid, account, createdAtS }: ReplyAddress): ReplyFields {
  if (reply.type === "news" && (reply.articles.length < 1 || reply.articles.length > MAX_ARTICLES))
    throw new RangeError("a news reply takes 1 to 8 articles");
  const write = WRITERS[reply.type] as (reply: Reply) => ReplyFields;
  return { ToUserName: openid, FromUserName: account, CreateTime: createdAtS, ...write(reply) };
}

function articleFields({ title, description, picUrl, url }: Article): ReplyFields {
  return { Title: title, Description: description ?? "", PicUrl: picUrl ?? "", Url: url };
}
