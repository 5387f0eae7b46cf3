import type { Message } from "wechaty";
import type { Context } from "../context.ts";
import type { InboundMessage } from "../wechat/message.ts";
import { answerTo } from "./answer.ts";

/** The bot that Wechaty drives, as far as this door needs it. */
export interface Listening {
  onMessage(handler: (message: Message) => unknown): void;
}

/** Answers every message of every driver: one in, at most one out. `inboundOf` gives what the platform sent behind a Wechaty message. */
export function listen(
  ctx: Context,
  bot: Listening,
  inboundOf: (message: Message) => InboundMessage | undefined,
): void {
  bot.onMessage(async (message) => {
    const inbound = inboundOf(message);
    const text = inbound && (await answerTo(ctx, inbound));
    if (text) await message.say(text);
  });
}
