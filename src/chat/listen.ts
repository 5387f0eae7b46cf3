import type { Message } from "wechaty";
import type { Context } from "../context.ts";
import type { InboundMessage } from "../wechat/message.ts";
import { answerTo } from "./answer.ts";

/** The bot that Wechaty drives, as far as this door needs it. */
export interface Listening {
  onMessage(handler: (message: Message) => unknown): void;
}

export interface Behind {
  /** what the platform sent behind a Wechaty message */
  inboundOf(message: Message): InboundMessage;
  /** how many pictures of this person are being worked on or wait for their turn, this one counted */
  photosInHand(openid: string): number;
}

/** Answers every message of every driver: one in, at most one out. */
export function listen(ctx: Context, bot: Listening, { inboundOf, photosInHand }: Behind): void {
  bot.onMessage(async (message) => {
    const inbound = inboundOf(message);
    const text = await answerTo(ctx, inbound, () => photosInHand(inbound.openid) > 1);
    if (text) await message.say(text);
  });
}
