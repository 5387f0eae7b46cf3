import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answerPush } from "../../src/wechat/answer-push.ts";
import { type OpenedPush, openPush } from "../../src/wechat/open-push.ts";
import { parseXml } from "../../src/wechat/parse-xml.ts";
import { createPushConfig } from "../../src/wechat/push-config.ts";
import type { Reply } from "../../src/wechat/reply.ts";
import { account, nowMs, safePush, textXml, vectors, WechatCrypto } from "../support/wechat-push.ts";

const message = { openid: "toUser", account: "fromUser" };
const at = { nowMs: 12_345_678_000 };
const xmlOf = (reply: Reply) => answerPush({ message, format: "xml" }, reply, at);
const head =
  "<ToUserName><![CDATA[toUser]]></ToUserName><FromUserName><![CDATA[fromUser]]></FromUserName><CreateTime>12345678</CreateTime>";
const article = { title: "t", description: "d", picUrl: "p", url: "u" };
const item =
  "<item><Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description><PicUrl><![CDATA[p]]></PicUrl><Url><![CDATA[u]]></Url></item>";

const SHAPES: Record<string, [Reply, string]> = {
  text: [{ type: "text", content: "你好" }, "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[你好]]></Content>"],
  image: [
    { type: "image", mediaId: "media_id" },
    "<MsgType><![CDATA[image]]></MsgType><Image><MediaId><![CDATA[media_id]]></MediaId></Image>",
  ],
  voice: [
    { type: "voice", mediaId: "media_id" },
    "<MsgType><![CDATA[voice]]></MsgType><Voice><MediaId><![CDATA[media_id]]></MediaId></Voice>",
  ],
  video: [
    { type: "video", mediaId: "m", title: "t", description: "d" },
    "<MsgType><![CDATA[video]]></MsgType><Video><MediaId><![CDATA[m]]></MediaId><Title><![CDATA[t]]></Title><Description><![CDATA[d]]></Description></Video>",
  ],
  music: [
    { type: "music", title: "t", url: "u", hqUrl: "h", thumbMediaId: "m" },
    "<MsgType><![CDATA[music]]></MsgType><Music><Title><![CDATA[t]]></Title><MusicUrl><![CDATA[u]]></MusicUrl><HQMusicUrl><![CDATA[h]]></HQMusicUrl><ThumbMediaId><![CDATA[m]]></ThumbMediaId></Music>",
  ],
  news: [
    { type: "news", articles: [article, article] },
    `<MsgType><![CDATA[news]]></MsgType><ArticleCount>2</ArticleCount><Articles>${item}${item}</Articles>`,
  ],
  transfer_customer_service: [
    { type: "transfer", account: "kf1@test" },
    "<MsgType><![CDATA[transfer_customer_service]]></MsgType><TransInfo><KfAccount><![CDATA[kf1@test]]></KfAccount></TransInfo>",
  ],
};

describe("passive replies", () => {
  it("knows every published shape", () => {
    assert.deepEqual(Object.keys(SHAPES).sort(), vectors.passive_reply_xml.map((one) => one.id).sort());
  });

  for (const [id, [reply, own]] of Object.entries(SHAPES))
    it(`writes ${id}`, () => {
      assert.equal(xmlOf(reply), `<xml>${head}${own}</xml>`);
      const published = vectors.passive_reply_xml.find((one) => one.id === id).xml;
      if (!published.includes("…")) assert.equal(xmlOf(reply), published);
    });

  it("hands over to any agent when none is named", () => {
    assert.match(xmlOf({ type: "transfer" }), /<MsgType><!\[CDATA\[transfer_customer_service\]\]><\/MsgType><\/xml>$/);
  });

  it("cannot be left by a text that ends its section", () => {
    const { content } = vectors.xml_hardening.find((one) => one.id === "cdata-end-in-reply");
    assert.match(xmlOf({ type: "text", content }), /<!\[CDATA\[a\]\]\]\]><!\[CDATA\[>b\]\]>/);
    const nasty = `${content}</Content><MsgType>x</MsgType><![CDATA[`;
    assert.equal(parseXml(xmlOf({ type: "text", content: nasty }))["Content"], nasty);
  });

  it("writes the same in JSON", () => {
    const json = JSON.parse(answerPush({ message, format: "json" }, { type: "text", content: 'a"]]>' }, at));
    assert.deepEqual(json, {
      ToUserName: "toUser",
      FromUserName: "fromUser",
      CreateTime: 12_345_678,
      MsgType: "text",
      Content: 'a"]]>',
    });
  });

  it("writes the articles of a news reply in JSON as a plain list", () => {
    const json = JSON.parse(answerPush({ message, format: "json" }, { type: "news", articles: [article] }, at));
    assert.deepEqual(
      [json.ArticleCount, json.Articles],
      [1, [{ Title: "t", Description: "d", PicUrl: "p", Url: "u" }]],
    );
  });

  it("refuses news without articles and with more than eight", () => {
    for (const count of [0, 9])
      assert.throws(() => xmlOf({ type: "news", articles: Array.from({ length: count }, () => article) }), RangeError);
  });

  it("is encrypted and signed for a push that was, so that another implementation opens it", () => {
    const config = createPushConfig({ ...account, mode: "safe" });
    const opened = openPush(config, { ...safePush(textXml("hi")), nowMs }) as OpenedPush;
    const sealed = parseXml(answerPush(opened, { type: "text", content: "]]> 🚗" }, { nowMs })) as Record<
      string,
      string
    >;
    const peer = new WechatCrypto(account.token, account.aesKey, account.appId);
    assert.deepEqual(Object.keys(sealed), ["Encrypt", "MsgSignature", "TimeStamp", "Nonce"]);
    assert.equal(peer.getSignature(sealed["TimeStamp"]!, sealed["Nonce"]!, sealed["Encrypt"]!), sealed["MsgSignature"]);
    const inside = peer.decrypt(sealed["Encrypt"]!);
    assert.equal(inside.id, account.appId);
    assert.equal(parseXml(inside.message)["Content"], "]]> 🚗");
    assert.equal(parseXml(inside.message)["ToUserName"], "person");
  });
});
