import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import { sayWithUnsaid } from "./bundle-words.ts";

/**
 * Sends a text as a customer message, after the texts that wait for this person, as one. Throws Upstream when
 * the platform, or our count of its quota less `reserve`, does not allow it; the waiting texts keep waiting.
 */
export const sayNow = (
  ctx: Context,
  { person, text, reserve = 0 }: { person: Person; text: string; reserve?: number },
): Promise<void> => {
  const send = (words: string) => ctx.wechat.sendText(person.openid, words);
  const allowed = { at: ctx.clock.now(), reserve };
  return ctx.quota.send(person.openid, () => sayWithUnsaid(ctx, { person, text }, send), allowed);
};
