import type { Fields } from "./fields.ts";

interface Common {
  /** FromUserName: the openid by which this account knows the person. */
  readonly openid: string;
  /** ToUserName: the account's original id (gh_…). */
  readonly account: string;
  readonly createdAt: Date;
  /** 64-bit, therefore a string. Events have none. */
  readonly msgId?: string;
  /**
   * Identifies a push over all its repetitions: openid + MsgId, or for events openid + CreateTime + Event +
   * EventKey (+ MsgID).
   */
  readonly dedupKey: string;
}

/** Degrees in GCJ-02, as WeChat's map gives them. */
interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

interface Place extends Point {
  readonly scale: number;
  readonly label: string;
}

/** A person's answer to one subscription notice (订阅通知). */
export interface SubscribeChoice {
  readonly templateId: string;
  readonly status: "accept" | "reject";
  /** Where the person was asked: 1 on a page, 2 in an article. */
  readonly scene?: string;
}

export interface SubscribeResult {
  readonly templateId: string;
  readonly msgId: string;
  /** 0 is success. */
  readonly errorCode: number;
  readonly errorStatus: string;
}

interface Contents {
  text: { readonly content: string; readonly menuItemId?: string };
  image: { readonly mediaId: string; readonly picUrl: string };
  voice: {
    readonly mediaId: string;
    readonly format: string;
    readonly recognition?: string;
    readonly mediaId16K?: string;
  };
  video: { readonly mediaId: string; readonly thumbMediaId: string };
  shortvideo: { readonly mediaId: string; readonly thumbMediaId: string };
  location: Place;
  link: { readonly title: string; readonly description: string; readonly url: string };
  /** `scene` when the person followed by a QR code with a scene, without its `qrscene_`. */
  subscribe: { readonly scene?: string; readonly ticket?: string };
  unsubscribe: object;
  scan: { readonly scene: string; readonly ticket?: string };
  click: { readonly key: string };
  view: { readonly url: string; readonly menuId?: string };
  locationReport: Point & { readonly precision: number };
  /** `waiting`: the phone shows a wait for the answer. */
  scancode: { readonly key: string; readonly waiting: boolean; readonly scanType: string; readonly scanResult: string };
  /** The pictures themselves follow as image messages, in any order. */
  pictures: { readonly key: string; readonly source: string; readonly count: number; readonly md5s: readonly string[] };
  locationSelect: Place & { readonly key: string; readonly poiName?: string };
  miniprogram: { readonly path: string; readonly menuId?: string };
  templateSent: { readonly templateMsgId: string; readonly ok: boolean; readonly status: string };
  subscribePopup: { readonly choices: readonly SubscribeChoice[] };
  subscribeChange: { readonly choices: readonly SubscribeChoice[] };
  subscribeSent: { readonly results: readonly SubscribeResult[] };
  /** A type that this code does not know; `fields` holds everything that came. */
  unknown: { readonly type: string; readonly event?: string; readonly fields: Fields };
}

export type MessageKind = keyof Contents;

/** The fields of a message kind besides the common ones. */
export type ContentOf<K extends MessageKind> = Contents[K];

/** One authenticated push: a person's message or an event, distinguished by `kind`. */
export type InboundMessage = { [K in MessageKind]: Common & { readonly kind: K } & Contents[K] }[MessageKind];

export type MessageOf<K extends MessageKind> = Extract<InboundMessage, { kind: K }>;
