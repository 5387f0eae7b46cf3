import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Fields } from "../../src/wechat/fields.ts";
import { parseJson } from "../../src/wechat/parse-json.ts";
import { parseXml } from "../../src/wechat/parse-xml.ts";
import { readMessage } from "../../src/wechat/read-message.ts";
import { vectors } from "../support/wechat-push.ts";

const key = "1b5f7c23b5bf75682a53e7b6d163e185";
const template = "VRR0UEO9VJOLs0MHlU0OilqX6MVFDwH3_3gz3Oc0NIc";

/** The typed message of each published fixture, besides the common fields. */
const PUBLISHED: Record<string, object> = {
  text: { kind: "text", content: "this is a test" },
  image: { kind: "image", picUrl: "this is a url", mediaId: "media_id" },
  voice: { kind: "voice", mediaId: "media_id", format: "amr", recognition: "腾讯微信团队" },
  video: { kind: "video", mediaId: "media_id", thumbMediaId: "thumb_media_id" },
  location: { kind: "location", latitude: 23.134521, longitude: 113.358803, scale: 20, label: "位置信息" },
  link: { kind: "link", title: "公众平台官网链接", description: "公众平台官网链接", url: "url" },
  subscribe: { kind: "subscribe" },
  "subscribe-qrscene": { kind: "subscribe", scene: "123123", ticket: "TICKET" },
  unsubscribe: { kind: "unsubscribe" },
  SCAN: { kind: "scan", scene: "SCENE_VALUE", ticket: "TICKET" },
  CLICK: { kind: "click", key: "EVENTKEY" },
  VIEW: { kind: "view", url: "www.qq.com", menuId: "MENUID" },
  scancode_push: { kind: "scancode", key: "6", waiting: false, scanType: "qrcode", scanResult: "1" },
  pic_sysphoto: { kind: "pictures", key: "6", source: "sysphoto", count: 1, md5s: [key] },
  pic_weixin: { kind: "pictures", key: "6", source: "weixin", count: 1, md5s: ["5a75aaca956d97be686719218f275c6b"] },
  "TEMPLATESENDJOBFINISH-ok": { kind: "templateSent", templateMsgId: "200163836", ok: true, status: "success" },
  subscribe_msg_change_event: { kind: "subscribeChange", choices: [{ templateId: template, status: "reject" }] },
  subscribe_msg_sent_event: {
    kind: "subscribeSent",
    results: [{ templateId: template, msgId: "1700827132819554304", errorCode: 0, errorStatus: "success" }],
  },
};

const event = (name: string, rest = "") => `<MsgType>event</MsgType><Event><![CDATA[${name}]]></Event>${rest}`;
const pics =
  "<SendPicsInfo><Count>2</Count><PicList><item><PicMd5Sum>a</PicMd5Sum></item><item><PicMd5Sum>b</PicMd5Sum></item></PicList></SendPicsInfo>";
const choice = (id: string, answer: string) =>
  `<List><TemplateId>${id}</TemplateId><SubscribeStatusString>${answer}</SubscribeStatusString><PopupScene>2</PopupScene></List>`;

/** Cases that the published fixtures leave out: [name, its own fields, the typed value]. */
const FURTHER: [string, string, object][] = [
  [
    "a text with spaces around it, answering a menu",
    "<MsgType>text</MsgType><Content><![CDATA[ 2 \n]]></Content><bizmsgmenuid>101</bizmsgmenuid>",
    { kind: "text", content: " 2 \n", menuItemId: "101" },
  ],
  ["an empty text", "<MsgType>text</MsgType><Content></Content>", { kind: "text", content: "" }],
  [
    "a voice without recognition, in two qualities",
    "<MsgType>voice</MsgType><MediaId>m</MediaId><Format>speex</Format><MediaId16K>m16</MediaId16K>",
    { kind: "voice", mediaId: "m", format: "speex", mediaId16K: "m16" },
  ],
  [
    "a short video",
    "<MsgType>shortvideo</MsgType><MediaId>m</MediaId><ThumbMediaId>t</ThumbMediaId>",
    { kind: "shortvideo", mediaId: "m", thumbMediaId: "t" },
  ],
  ["a subscription with an empty key", event("subscribe", "<EventKey><![CDATA[]]></EventKey>"), { kind: "subscribe" }],
  ["a subscription by another way", event("subscribe", "<EventKey>last_trade_no_1</EventKey>"), { kind: "subscribe" }],
  [
    "a reported position",
    event(
      "LOCATION",
      "<Latitude>23.137466</Latitude><Longitude>113.352425</Longitude><Precision>119.385040</Precision>",
    ),
    { kind: "locationReport", latitude: 23.137466, longitude: 113.352425, precision: 119.38504 },
  ],
  [
    "a scan that waits",
    event(
      "scancode_waitmsg",
      "<EventKey>7</EventKey><ScanCodeInfo><ScanType>qrcode</ScanType><ScanResult> x </ScanResult></ScanCodeInfo>",
    ),
    { kind: "scancode", key: "7", waiting: true, scanType: "qrcode", scanResult: " x " },
  ],
  [
    "two pictures of camera or album",
    event("pic_photo_or_album", `<EventKey>6</EventKey>${pics}`),
    { kind: "pictures", key: "6", source: "photo_or_album", count: 2, md5s: ["a", "b"] },
  ],
  [
    "a place chosen from the menu",
    event(
      "location_select",
      "<EventKey>6</EventKey><SendLocationInfo><Location_X>23</Location_X><Location_Y>113</Location_Y><Scale>15</Scale><Label>客村</Label><Poiname>站</Poiname></SendLocationInfo>",
    ),
    { kind: "locationSelect", key: "6", latitude: 23, longitude: 113, scale: 15, label: "客村", poiName: "站" },
  ],
  [
    "a mini program opened from the menu",
    event("view_miniprogram", "<EventKey>pages/index</EventKey><MenuId>1</MenuId>"),
    { kind: "miniprogram", path: "pages/index", menuId: "1" },
  ],
  [
    "a template message that was refused",
    event("TEMPLATESENDJOBFINISH", "<MsgID>9</MsgID><Status>failed:user block</Status>"),
    { kind: "templateSent", templateMsgId: "9", ok: false, status: "failed:user block" },
  ],
  [
    "two consents at once",
    event(
      "subscribe_msg_popup_event",
      `<SubscribeMsgPopupEvent>${choice("t1", "accept")}${choice("t2", "reject")}</SubscribeMsgPopupEvent>`,
    ),
    {
      kind: "subscribePopup",
      choices: [
        { templateId: "t1", status: "accept", scene: "2" },
        { templateId: "t2", status: "reject", scene: "2" },
      ],
    },
  ],
];

const common = "<ToUserName>gh_1</ToUserName><FromUserName>o_1-x</FromUserName><CreateTime>1348831860</CreateTime>";
const read = (own: string) => readMessage(parseXml(`<xml>${common}${own}</xml>`));

function content(message: object): object {
  const { openid, account, createdAt, msgId, dedupKey, ...rest } = message as Record<string, unknown>;
  assert.ok(
    openid && account && dedupKey && createdAt instanceof Date && (msgId === undefined || typeof msgId === "string"),
  );
  return rest;
}

describe("typed messages", () => {
  it("has an expectation for every published fixture", () => {
    assert.deepEqual(Object.keys(PUBLISHED).sort(), vectors.inbound_xml.map((one) => one.id).sort());
  });

  for (const { id, xml } of vectors.inbound_xml)
    it(`reads the published ${id}`, () => {
      assert.deepEqual(content(readMessage(parseXml(xml))), PUBLISHED[id]);
    });

  for (const [what, own, expected] of FURTHER)
    it(`reads ${what}`, () => {
      assert.deepEqual(content(read(own)), expected);
    });

  it("carries who, to whom, when and the whole MsgId", () => {
    const { openid, account, createdAt, msgId } = read("<MsgType>text</MsgType><MsgId>6054768590064713728</MsgId>");
    assert.deepEqual({ openid, account, msgId }, { openid: "o_1-x", account: "gh_1", msgId: "6054768590064713728" });
    assert.equal(createdAt.toISOString(), "2012-09-28T11:31:00.000Z");
  });

  it("reads the same from JSON, whether a list has one entry or several", () => {
    const head = '"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1700827132,"MsgType":"event"';
    const one = '{"TemplateId":"t1","SubscribeStatusString":"accept","PopupScene":"1"}';
    const popup = (list: string) =>
      readMessage(parseJson(`{${head},"Event":"subscribe_msg_popup_event","SubscribeMsgPopupEvent":{"List":${list}}}`));
    const choices = [{ templateId: "t1", status: "accept", scene: "1" }];
    assert.deepEqual(content(popup(one)), { kind: "subscribePopup", choices });
    assert.deepEqual(content(popup(`[${one},${one}]`)), { kind: "subscribePopup", choices: [...choices, ...choices] });
    const image = readMessage(
      parseJson(`{${head.replace("event", "image")},"MediaId":"m","PicUrl":"p","MsgId":6054768590064713728}`),
    );
    assert.equal(image.dedupKey, "o1:6054768590064713728");
  });

  it("keeps what it does not know with all its fields, even one named like a method", () => {
    const message = read(event("debug_demo", "<debug_str>hello world</debug_str>"));
    assert.equal(message.kind, "unknown");
    assert.deepEqual(
      [message.type, message.event, message.fields["debug_str"]],
      ["event", "debug_demo", "hello world"],
    );
    assert.equal(read(event("toString")).kind, "unknown");
    assert.equal(read("<MsgType>constructor</MsgType>").kind, "unknown");
  });

  const without = (name: string) => common.replace(new RegExp(`<${name}>.*?</${name}>`), "");
  const BROKEN: Record<string, [common: string, own: string]> = {
    "no sender": [without("FromUserName"), "<MsgType>text</MsgType>"],
    "no account": [without("ToUserName"), "<MsgType>text</MsgType>"],
    "no time": [without("CreateTime"), "<MsgType>text</MsgType>"],
    "no type": [common, "<Content>1</Content>"],
    "no event name": [common, "<MsgType>event</MsgType>"],
    "a sender that is an object": [
      `${without("FromUserName")}<FromUserName><ne>1</ne></FromUserName>`,
      "<MsgType>text</MsgType>",
    ],
    "a sender with a space": [`${without("FromUserName")}<FromUserName>a b</FromUserName>`, "<MsgType>text</MsgType>"],
    "a time out of range": [
      `${without("CreateTime")}<CreateTime>99999999999999999999</CreateTime>`,
      "<MsgType>text</MsgType>",
    ],
    "a MsgId in letters": [common, "<MsgType>text</MsgType><MsgId>abc</MsgId>"],
    "a picture without a media id": [common, "<MsgType>image</MsgType>"],
    "a latitude of 91": [common, "<MsgType>location</MsgType><Location_X>91</Location_X><Location_Y>1</Location_Y>"],
    "a longitude in words": [
      common,
      "<MsgType>location</MsgType><Location_X>1</Location_X><Location_Y>east</Location_Y>",
    ],
    "a text where an object belongs": [
      common,
      event("subscribe_msg_change_event", "<SubscribeMsgChangeEvent><List>x</List></SubscribeMsgChangeEvent>"),
    ],
    "an object where a text belongs": [common, "<MsgType>text</MsgType><Content><a>1</a></Content>"],
  };
  for (const [what, [head, own]] of Object.entries(BROKEN))
    it(`throws for a push with ${what}, of which openPush then reads what remains`, () => {
      assert.throws(() => readMessage(parseXml(`<xml>${head}${own}</xml>`)), { status: 400, code: "wechat-malformed" });
    });
});

describe("the key of a push", () => {
  const keyOf = (own: string) => read(own).dedupKey;
  const location = (latitude: number) =>
    event("LOCATION", `<Latitude>${latitude}</Latitude><Longitude>1</Longitude><Precision>1</Precision>`);

  it("is openid and MsgId for a message, so that one MsgId of two people is two", () => {
    assert.equal(keyOf("<MsgType>text</MsgType><MsgId>77</MsgId>"), "o_1-x:77");
  });

  it("is openid, time, event and key for an event", () => {
    assert.equal(keyOf(event("CLICK", "<EventKey>help</EventKey>")), "o_1-x:1348831860:CLICK:help");
    assert.notEqual(
      keyOf(event("CLICK", "<EventKey>help</EventKey>")),
      keyOf(event("CLICK", "<EventKey>menu</EventKey>")),
    );
    assert.notEqual(keyOf(event("unsubscribe")), keyOf(location(1)));
  });

  it("tells two results of one second apart", () => {
    const sent = (id: string) => keyOf(event("TEMPLATESENDJOBFINISH", `<MsgID>${id}</MsgID><Status>success</Status>`));
    assert.notEqual(sent("1"), sent("2"));
    const notice = (id: string) =>
      `<SubscribeMsgSentEvent><List><TemplateId>t</TemplateId><MsgID>${id}</MsgID><ErrorCode>0</ErrorCode><ErrorStatus>success</ErrorStatus></List></SubscribeMsgSentEvent>`;
    assert.notEqual(
      keyOf(event("subscribe_msg_sent_event", notice("1"))),
      keyOf(event("subscribe_msg_sent_event", notice("2"))),
    );
  });

  it("stays short whatever the event key is", () => {
    const long = keyOf(event("VIEW", `<EventKey>https://example.com/${"a".repeat(900)}</EventKey>`));
    assert.ok(
      long.length < 120 && long !== keyOf(event("VIEW", `<EventKey>https://example.com/${"a".repeat(901)}</EventKey>`)),
    );
    const fields: Fields = parseXml(`<xml>${common}<MsgType>text</MsgType><Content>no id</Content></xml>`);
    assert.ok(readMessage(fields).dedupKey.length < 120);
  });
});
