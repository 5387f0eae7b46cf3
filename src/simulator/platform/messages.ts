import type Router from "@koa/router";
import { child, type Json, readJsonBody, text } from "./body.ts";
import type { MediaShelf } from "./media.ts";
import type { ChatLine, People } from "./people.ts";
import { OK, Refusal } from "./refusal.ts";

type Line = Pick<ChatLine, "kind"> & Partial<ChatLine>;

const TEXT_BYTES = 2048;

/** Customer messages and the "is typing" sign. */
export function messageRoutes(router: Router, { people, media }: { people: People; media: MediaShelf }): void {
  router.post("/cgi-bin/message/custom/send", async (ctx) => {
    const message = await readJsonBody(ctx);
    const person = people.get(message["touser"]);
    const line = lineOf(message, media);
    people.spend(person);
    people.write(person, { from: "account", via: "customer", ...line });
    ctx.body = OK;
  });

  router.post("/cgi-bin/message/custom/typing", async (ctx) => {
    const order = await readJsonBody(ctx);
    const person = people.get(order["touser"]);
    people.mayReach(person);
    person.typing = order["command"] === "Typing";
    ctx.body = OK;
  });
}

function lineOf(message: Json, media: MediaShelf): Line {
  const type = text(message["msgtype"]);
  const read = Object.hasOwn(LINES, type) ? LINES[type] : undefined;
  if (!read) throw new Refusal(40008, "invalid message type");
  return read(child(message[type]), media);
}

const LINES: Readonly<Record<string, (body: Json, media: MediaShelf) => Line>> = {
  text(body) {
    const content = required(body["content"]);
    if (Buffer.byteLength(content) > TEXT_BYTES) throw new Refusal(45002, "content size out of limit");
    return { kind: "text", text: content };
  },
  image(body, media) {
    return { kind: "image", mediaId: media.get(body["media_id"]).id };
  },
  news(body) {
    const articles = Array.isArray(body["articles"]) ? body["articles"].map(child) : [];
    if (articles.length !== 1) throw new Refusal(45008, "article size out of limit");
    return { kind: "news", articles: articles.map(articleOf) };
  },
  msgmenu(body) {
    const list = Array.isArray(body["list"]) ? body["list"].map(child) : [];
    const items = list.map((item) => ({ id: required(item["id"]), content: required(item["content"]) }));
    return { kind: "menu", title: text(body["head_content"]), items, text: text(body["tail_content"]) };
  },
  miniprogrampage(body, media) {
    const mediaId = media.get(body["thumb_media_id"]).id;
    return { kind: "mini-program", title: required(body["title"]), url: required(body["pagepath"]), mediaId };
  },
};

function articleOf(article: Json) {
  return {
    title: required(article["title"]),
    description: text(article["description"]),
    url: text(article["url"]),
    picUrl: text(article["picurl"]),
  };
}

function required(value: unknown): string {
  if (typeof value === "string" && value !== "") return value;
  throw new Refusal(44004, "empty content");
}
