import { factsOf } from "../errors.ts";
import type { Desk } from "./desk.ts";
import type { Phone } from "./phone.ts";

/** Acts on one of the phones; the body is text or the bytes of a picture. */
type Act = (desk: Desk, phone: Phone, body: Buffer) => Promise<object | undefined>;

const PLACE = { latitude: 31.230416, longitude: 121.473701, label: "上海市黄浦区人民大道近黄陂北路" };

/** Pushes are not awaited: their answer arrives in the chat, as at the platform. */
const later = (desk: Desk, push: Promise<unknown>): undefined => {
  push.catch((error) => desk.log.warn({ code: factsOf(error).code }, "simulator.push-failed"));
  return undefined;
};

export const ACTS: Readonly<Record<string, Act>> = {
  follow: async (desk, phone) => later(desk, desk.platform.follow(phone.openid)),
  text: async (desk, phone, body) => later(desk, desk.platform.sendText(phone.openid, body.toString("utf8"))),
  click: async (desk, phone, body) => later(desk, desk.platform.click(phone.openid, body.toString("utf8"))),
  location: async (desk, phone) => later(desk, desk.platform.sendLocation(phone.openid, PLACE)),
  picture: async (desk, phone, body) => later(desk, desk.platform.sendImage(phone.openid, body)),
  /** Scans the newest valid code of this round. */
  async scan(desk, phone) {
    const newest = desk.rounds.newestCode();
    if (!newest) return { scanned: false };
    await desk.platform.scan(phone.openid, newest);
    return { scanned: true };
  },
};
