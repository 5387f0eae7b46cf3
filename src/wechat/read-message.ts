import { createHash } from "node:crypto";
import { FieldReader } from "./field-reader.ts";
import { type Fields, type FieldValue, malformed } from "./fields.ts";
import type { ContentOf, InboundMessage, MessageKind, SubscribeChoice } from "./message.ts";

type Read<K extends MessageKind> = { kind: K; content: (reader: FieldReader) => ContentOf<K> };
type AnyRead = { [K in MessageKind]: Read<K> }[MessageKind];

const KEY_LIMIT = 64;
const SCENE_PREFIX = "qrscene_";

const place = (reader: FieldReader) => ({
  // The platform's X is the latitude, its Y the longitude.
  latitude: reader.degrees("Location_X", 90),
  longitude: reader.degrees("Location_Y", 180),
  scale: reader.optional("Scale") === undefined ? 0 : reader.number("Scale"),
  label: reader.text("Label"),
});

const video = (reader: FieldReader) => ({ mediaId: reader.id("MediaId"), thumbMediaId: reader.value("ThumbMediaId") });

const MESSAGES: Readonly<Record<string, AnyRead>> = {
  text: {
    kind: "text",
    content: (r) => ({ content: r.text("Content"), ...some("menuItemId", r.optional("bizmsgmenuid")) }),
  },
  image: { kind: "image", content: (r) => ({ mediaId: r.id("MediaId"), picUrl: r.value("PicUrl") }) },
  voice: {
    kind: "voice",
    content: (r) => ({
      mediaId: r.id("MediaId"),
      format: r.value("Format"),
      ...some("recognition", r.text("Recognition") || undefined),
      ...some("mediaId16K", r.optional("MediaId16K")),
    }),
  },
  video: { kind: "video", content: video },
  shortvideo: { kind: "shortvideo", content: video },
  location: { kind: "location", content: place },
  link: {
    kind: "link",
    content: (r) => ({ title: r.text("Title"), description: r.text("Description"), url: r.value("Url") }),
  },
};

const EVENTS: Readonly<Record<string, AnyRead>> = {
  subscribe: {
    kind: "subscribe",
    content: (r) => {
      // Pushes may carry an empty EventKey, and other prefixes for other ways to follow.
      const key = r.value("EventKey");
      const scene = key.startsWith(SCENE_PREFIX) ? key.slice(SCENE_PREFIX.length) || undefined : undefined;
      return { ...some("scene", scene), ...some("ticket", r.optional("Ticket")) };
    },
  },
  unsubscribe: { kind: "unsubscribe", content: () => ({}) },
  SCAN: { kind: "scan", content: (r) => ({ scene: r.value("EventKey"), ...some("ticket", r.optional("Ticket")) }) },
  LOCATION: {
    kind: "locationReport",
    content: (r) => ({
      latitude: r.degrees("Latitude", 90),
      longitude: r.degrees("Longitude", 180),
      precision: r.number("Precision"),
    }),
  },
  CLICK: { kind: "click", content: (r) => ({ key: r.value("EventKey") }) },
  VIEW: { kind: "view", content: (r) => ({ url: r.value("EventKey"), ...some("menuId", r.optional("MenuId")) }) },
  scancode_push: { kind: "scancode", content: (r) => scancode(r, false) },
  scancode_waitmsg: { kind: "scancode", content: (r) => scancode(r, true) },
  pic_sysphoto: { kind: "pictures", content: (r) => pictures(r, "sysphoto") },
  pic_photo_or_album: { kind: "pictures", content: (r) => pictures(r, "photo_or_album") },
  pic_weixin: { kind: "pictures", content: (r) => pictures(r, "weixin") },
  location_select: {
    kind: "locationSelect",
    content: (r) => {
      const info = r.child("SendLocationInfo");
      return { key: r.value("EventKey"), ...place(info), ...some("poiName", info.text("Poiname") || undefined) };
    },
  },
  view_miniprogram: {
    kind: "miniprogram",
    content: (r) => ({ path: r.value("EventKey"), ...some("menuId", r.optional("MenuId")) }),
  },
  TEMPLATESENDJOBFINISH: {
    kind: "templateSent",
    content: (r) => ({
      templateMsgId: r.digits("MsgID"),
      ok: r.value("Status") === "success",
      status: r.value("Status"),
    }),
  },
  subscribe_msg_popup_event: {
    kind: "subscribePopup",
    content: (r) => ({ choices: r.list("SubscribeMsgPopupEvent", "List").map(choice) }),
  },
  subscribe_msg_change_event: {
    kind: "subscribeChange",
    content: (r) => ({ choices: r.list("SubscribeMsgChangeEvent", "List").map(choice) }),
  },
  subscribe_msg_sent_event: {
    kind: "subscribeSent",
    content: (r) => ({
      results: r.list("SubscribeMsgSentEvent", "List").map((one) => ({
        templateId: one.id("TemplateId"),
        msgId: one.digits("MsgID"),
        errorCode: one.number("ErrorCode"),
        errorStatus: one.value("ErrorStatus"),
      })),
    }),
  },
};

/**
 * Turns the fields of an authenticated push into a typed message. What the tables do not know is `unknown`; a
 * broken known one throws Invalid.
 */
export function readMessage(fields: Fields): InboundMessage {
  const reader = new FieldReader(fields);
  const type = reader.id("MsgType");
  const event = type === "event" ? reader.id("Event") : undefined;
  const createdAtS = Number(reader.digits("CreateTime"));
  const createdAt = new Date(createdAtS * 1000);
  if (Number.isNaN(createdAt.getTime())) throw malformed("CreateTime");
  const openid = reader.id("FromUserName");
  const msgId = reader.optional("MsgId") === undefined ? undefined : reader.digits("MsgId");
  const read = event === undefined ? own(MESSAGES, type) : own(EVENTS, event);
  return {
    kind: read?.kind ?? "unknown",
    openid,
    account: reader.id("ToUserName"),
    createdAt,
    ...some("msgId", msgId),
    dedupKey: [openid, msgId ?? `${createdAtS}:${event ?? type}:${eventKey(reader, event)}`].join(":"),
    ...(read ? read.content(reader) : { type, ...some("event", event), fields }),
  } as InboundMessage;
}

/**
 * The message that is left of fields which `readMessage` refuses: of kind `unknown`, with its sender, and its
 * type and event where they can be read. Null without a sender: there is nobody to answer. `atS`, in seconds
 * since 1970, stands in for a time that cannot be read.
 */
export function readRemains(fields: Fields, atS: number): InboundMessage | null {
  const openid = idOr(fields["FromUserName"], "");
  if (openid === "") return null;
  const type = idOr(fields["MsgType"], "unknown");
  const event = type === "event" ? idOr(fields["Event"], "unknown") : undefined;
  const sentS = fields["CreateTime"];
  const isTime = typeof sentS === "string" && /^\s*\d{1,11}\s*$/.test(sentS);
  return {
    kind: "unknown",
    openid,
    account: idOr(fields["ToUserName"], ""),
    createdAt: new Date((isTime ? Number(sentS) : atS) * 1000),
    dedupKey: `${openid}:${digest(JSON.stringify(fields))}`,
    type,
    ...some("event", event),
    fields,
  };
}

const idOr = (value: FieldValue | undefined, other: string): string => {
  const id = typeof value === "string" ? value.trim() : "";
  return /^[\x21-\x7e]{1,512}$/.test(id) ? id : other;
};

/**
 * Two events of one second differ by their key: officially openid + CreateTime, which is known to collide. A
 * long key (an address) is hashed.
 */
function eventKey(reader: FieldReader, event: string | undefined): string {
  if (event === undefined) return digest(JSON.stringify(reader.fields));
  const sent = reader.list("SubscribeMsgSentEvent", "List").map((one) => one.value("MsgID"));
  // A yes and a no in one second are two events without a key, so their choices serve as the key.
  const chosen = ["SubscribeMsgPopupEvent", "SubscribeMsgChangeEvent"].flatMap((name) =>
    reader.list(name, "List").map((one) => one.value("TemplateId") + one.value("SubscribeStatusString")),
  );
  const key = [
    typeof reader.fields["EventKey"] === "string" ? reader.value("EventKey") : "",
    reader.value("MsgID"),
    ...sent,
    ...chosen,
  ]
    .filter((part) => part !== "")
    .join(":");
  return key.length > KEY_LIMIT || !/^[\x21-\x7e]*$/.test(key) ? digest(key) : key;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 27);
}

function scancode(reader: FieldReader, waiting: boolean): ContentOf<"scancode"> {
  const info = reader.child("ScanCodeInfo");
  return {
    key: reader.value("EventKey"),
    waiting,
    scanType: info.value("ScanType"),
    scanResult: info.text("ScanResult"),
  };
}

function pictures(reader: FieldReader, source: string): ContentOf<"pictures"> {
  const info = reader.child("SendPicsInfo");
  const md5s = info.list("PicList", "item").map((item) => item.value("PicMd5Sum"));
  return { key: reader.value("EventKey"), source, count: info.number("Count"), md5s };
}

function choice(reader: FieldReader): SubscribeChoice {
  const status = reader.value("SubscribeStatusString") === "accept" ? "accept" : "reject";
  return { templateId: reader.id("TemplateId"), status, ...some("scene", reader.optional("PopupScene")) };
}

function some<N extends string, T>(name: N, value: T | undefined): { [P in N]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [P in N]?: T };
}

function own<T>(table: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined;
}
