import type { Message } from "wechaty";
import type { Context } from "../context.ts";
import type { InboundMessage } from "../wechat/message.ts";
import { answerTo } from "./answer.ts";

/** The part of the Wechaty bot that the chat needs. */
export interface Listening {
  onMessage(handler: (message: Message) => unknown): void;
}

export interface Behind {
  /** the platform's message behind a Wechaty message */
  inboundOf(message: Message): InboundMessage;
  /** number of this person's pictures that are being processed or wait, this one included */
  photosInHand(openid: string): number;
}

/** Answers every message of every driver: one message, at most one answer. */
export function listen(ctx: Context, bot: Listening, { inboundOf, photosInHand }: Behind): void {
  bot.onMessage(async (message) => {
    const inbound = inboundOf(message);
    const text = await answerTo(ctx, inbound, () => photosInHand(inbound.openid) > 1);
    if (text) await message.say(text);
  });
}
