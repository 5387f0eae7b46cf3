import { createHash } from "node:crypto";
import { Conflict, Invalid } from "../../errors.ts";
import type { Account, Addresses } from "./account.ts";
import { imageType } from "./body.ts";
import type { MediaShelf } from "./media.ts";
import type { People, Person } from "./people.ts";
import { createMsgIds, type Delivery, type Pusher } from "./push.ts";
import type { QrDesk } from "./qr.ts";
import type { WireBody } from "./wire.ts";

export interface Place {
  latitude: number;
  longitude: number;
  label: string;
}

/** Acts of a person on the phone. Each resolves when the push has been answered or given up. */
export interface Acts {
  follow(openid: string, scene?: string): Promise<Delivery>;
  unfollow(openid: string): Promise<Delivery>;
  /** `code`: a ticket, the content of the picture, or a scene. Null: unknown or expired. */
  scan(openid: string, code: string): Promise<Delivery | null>;
  click(openid: string, key: string): Promise<Delivery>;
  view(openid: string, url: string): Promise<Delivery>;
  /** `menuItem`: the id of the tapped line of a menu message. */
  sendText(openid: string, text: string, menuItem?: string): Promise<Delivery>;
  sendImage(openid: string, bytes: Buffer): Promise<Delivery>;
  /** Sends several pictures from the album of a menu button: one event, then each picture, all at once. */
  sendAlbum(openid: string, key: string, pictures: Buffer[]): Promise<Delivery[]>;
  sendLocation(openid: string, place: Place): Promise<Delivery>;
  sendLink(openid: string, link: { title: string; description: string; url: string }): Promise<Delivery>;
  /** The person's answer to a request for notices; `accept` counts for one. */
  consent(openid: string, templateId: string, accept: boolean): Promise<Delivery>;
  /** Sends the same push again, as after a lost answer. */
  pushAgain(openid: string): Promise<Delivery>;
}

export interface ActOptions {
  account: Account;
  urls: Addresses;
  people: People;
  media: MediaShelf;
  qrs: QrDesk;
  pusher: Pusher;
  now: () => number;
}

export function createActs(options: ActOptions): Acts {
  const hand = createHand(options);
  return { ...followingActs(hand, options), ...sendingActs(hand, options), ...answeringActs(hand, options) };
}

type Hand = ReturnType<typeof createHand>;

/** Sends pushes for a person, and remembers the last one. */
function createHand({ account, urls, people, media, pusher, now }: ActOptions) {
  const nextMsgId = createMsgIds(now);
  const lastBodies = new WeakMap<Person, WireBody>();

  function send(person: Person, body: WireBody): Promise<Delivery> {
    person.lastActAt = now();
    const head = { ToUserName: account.account, FromUserName: person.openid, CreateTime: Math.floor(now() / 1000) };
    const whole = { ...head, ...body };
    lastBodies.set(person, whole);
    return pusher.push(person, whole);
  }

  function follower(openid: string): Person {
    const person = people.add(openid);
    if (!person.follows) throw new Conflict("does-not-follow");
    return person;
  }

  function message(openid: string, body: WireBody): Promise<Delivery> {
    const person = follower(openid);
    people.open(person, "message");
    return send(person, { ...body, MsgId: nextMsgId() });
  }

  function picture(openid: string, bytes: Buffer): Promise<Delivery> {
    const type = imageType(bytes);
    if (!type) throw new Invalid("not-a-picture");
    const { id } = media.put(bytes, type);
    people.write(follower(openid), { from: "me", via: "sent", kind: "image", mediaId: id });
    return message(openid, { MsgType: "image", PicUrl: `${urls.platform()}/pic/${id}`, MediaId: id });
  }

  const event = (person: Person, body: WireBody) => send(person, { MsgType: "event", ...body });
  return { follower, message, picture, event, lastOf: (person: Person) => lastBodies.get(person) };
}

type Following = Pick<Acts, "follow" | "unfollow" | "scan" | "click" | "view">;

function followingActs({ follower, event }: Hand, { people, qrs, now }: ActOptions): Following {
  function arrive(person: Person, scene?: { key: string; ticket: string }): Promise<Delivery> {
    const isNew = !person.follows;
    people.open(person, "brief");
    if (!isNew && scene) return event(person, { Event: "SCAN", EventKey: scene.key, Ticket: scene.ticket });
    Object.assign(person, { follows: true, followedAt: now() });
    const from: WireBody = scene ? { EventKey: `qrscene_${scene.key}`, Ticket: scene.ticket } : { EventKey: "" };
    return event(person, { Event: "subscribe", ...from });
  }

  return {
    follow(openid, scene) {
      const qr = scene === undefined ? null : qrs.find(scene);
      const person = people.add(openid);
      return arrive(person, scene === undefined ? undefined : { key: qr?.scene ?? scene, ticket: qr?.ticket ?? "" });
    },
    unfollow(openid) {
      const person = follower(openid);
      person.follows = false;
      person.windows.message.until = 0;
      person.windows.brief.until = 0;
      return event(person, { Event: "unsubscribe", EventKey: "" });
    },
    async scan(openid, code) {
      const qr = qrs.find(code);
      return qr && arrive(people.add(openid), { key: qr.scene, ticket: qr.ticket });
    },
    click(openid, key) {
      const person = follower(openid);
      people.open(person, "brief");
      return event(person, { Event: "CLICK", EventKey: key });
    },
    view: (openid, url) => event(follower(openid), { Event: "VIEW", EventKey: url, MenuId: 1 }),
  };
}

type Sending = Pick<Acts, "sendText" | "sendImage" | "sendAlbum" | "sendLocation" | "sendLink">;

function sendingActs({ follower, message, picture, event }: Hand, { people }: ActOptions): Sending {
  return {
    sendText(openid, text, menuItem) {
      people.write(follower(openid), { from: "me", via: "sent", kind: "text", text });
      const tapped: WireBody = menuItem === undefined ? {} : { bizmsgmenuid: menuItem };
      return message(openid, { MsgType: "text", Content: text, ...tapped });
    },
    async sendImage(openid, bytes) {
      return picture(openid, bytes);
    },
    async sendAlbum(openid, EventKey, pictures) {
      const person = follower(openid);
      const item = pictures.map((bytes) => ({ PicMd5Sum: createHash("md5").update(bytes).digest("hex") }));
      const SendPicsInfo = { Count: pictures.length, PicList: { item } };
      const told = event(person, { Event: "pic_photo_or_album", EventKey, SendPicsInfo });
      return Promise.all([told, ...pictures.map((bytes) => picture(openid, bytes))]);
    },
    sendLocation(openid, { latitude, longitude, label }) {
      people.write(follower(openid), { from: "me", via: "sent", kind: "location", text: label });
      const at = { Location_X: latitude, Location_Y: longitude, Scale: 16, Label: label };
      return message(openid, { MsgType: "location", ...at });
    },
    sendLink(openid, { title, description, url }) {
      people.write(follower(openid), { from: "me", via: "sent", kind: "link", title, url });
      return message(openid, { MsgType: "link", Title: title, Description: description, Url: url });
    },
  };
}

type Answering = Pick<Acts, "consent" | "pushAgain">;

function answeringActs({ event, lastOf }: Hand, { people, pusher }: ActOptions): Answering {
  return {
    consent(openid, templateId, accept) {
      const person = people.add(openid);
      if (accept) person.consents.set(templateId, (person.consents.get(templateId) ?? 0) + 1);
      const SubscribeStatusString = accept ? "accept" : "reject";
      const List = { TemplateId: templateId, SubscribeStatusString, PopupScene: 1 };
      return event(person, { Event: "subscribe_msg_popup_event", SubscribeMsgPopupEvent: { List } });
    },
    async pushAgain(openid) {
      const person = people.get(openid);
      const body = lastOf(person);
      if (!body) throw new Conflict("nothing-sent-yet");
      return pusher.push(person, body);
    },
  };
}
