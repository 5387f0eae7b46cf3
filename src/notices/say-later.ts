import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import { Upstream } from "../errors.ts";
import { sayNow } from "./say-now.ts";

/**
 * Sends a text that is too late to answer a push as a customer message; when that is not possible, it waits
 * for the next answer.
 */
export async function sayLater(ctx: Context, openid: string, text: string): Promise<void> {
  const personId = ctx.vault.personId(openid);
  const guest: Person = { id: personId, openid, language: "zh", isGuest: true };
  const person = (await ctx.people.find(personId)) ?? guest;
  try {
    await sayNow(ctx, { person, text });
  } catch (error) {
    if (!(error instanceof Upstream)) throw error;
    ctx.log.warn({ code: error.code }, "wechat.late-answer-not-sent");
    await ctx.people.keepUnsaid(personId, text);
  }
}
