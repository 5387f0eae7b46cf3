import type { Context } from "../context.ts";
import { type Accident, LETTERS } from "../domain/accident.ts";
import { isOfRunningCase, isShownByPages, type Notice, type NoticeCode } from "../domain/notice.ts";
import { isOver } from "../domain/party.ts";
import { refusalTurn, type Turn } from "../domain/photo-news.ts";
import { type News, type Showing, showingOf } from "../domain/presence.ts";
import type { WordKey } from "../render.ts";
import { byCustomerMessage, bySubscription, byTemplate } from "./channels.ts";
import { joinOutcome } from "./join-outcome.ts";
import { noticeText } from "./notice-text.ts";
import type { ChannelResult, Told } from "./told.ts";

export interface TellPerson {
  personId: string;
  notice: Notice;
  /** the same over all attempts: one notice of one accident to one person */
  deliveryId: string;
  /** since when the case has what the notice tells */
  news?: News;
  /** no further attempt follows: a notice that the platform does not take now is kept */
  last?: boolean;
}

/**
 * How the notice was sent. `shown`: an open page of this person's has shown it, nothing was sent; `kept`:
 * no channel took it, so it is joined to the next answer or notice and stands on the case page; `overtaken`:
 * the case, or the person's part in it, is over, which another notice says; `waits`: tried again in a moment.
 */
export type Channel = Said | "shown" | "kept" | "nobody" | "overtaken" | "waits";

type Said = "customer-message" | "template-message" | "subscription-notice";

/**
 * This notice says that the platform refuses us: when it is not taken, it goes with the next answer, which
 * needs no call.
 */
const REFUSED_US: NoticeCode = "photo-delayed";

const CHANNELS: ReadonlyArray<readonly [Said, (ctx: Context, told: Told) => Promise<ChannelResult>]> = [
  ["customer-message", byCustomerMessage],
  ["template-message", byTemplate],
  ["subscription-notice", bySubscription],
];

/**
 * Sends one notice to one person, once: by customer message, template message or subscription notice, else
 * with the next answer. The result is recorded.
 */
export async function tellPerson(
  ctx: Context,
  { personId, notice, deliveryId, news, last = false }: TellPerson,
): Promise<Channel> {
  const { accidentId, code } = notice;
  const [person, accident] = await Promise.all([ctx.people.find(personId), ctx.accidents.find(accidentId)]);
  const turn = turnOf(ctx, { personId, accident, notice });
  const showing = accident && news ? showingTo(ctx, { personId, accident, notice, news }) : "no";
  if (turn === "wait" || showing === "perhaps") return "waits";
  const before = await ctx.notices.begin({ id: deliveryId, accidentId, code });
  if (before?.channel) return before.channel as Channel;
  if (!person || !accident) return finish(ctx, deliveryId, "nobody");
  if (isOvertaken(accident, personId, code)) return finish(ctx, deliveryId, "overtaken");
  if (showing === "yes") return finish(ctx, deliveryId, "shown");
  const told = { person, accident, notice, deliveryId };
  // One message covers all of them; it ends with what to do.
  if (turn === "with-next") return keep(ctx, told, "chat.photo.refused");
  // The process died between sending and recording it: the person may have it, so it is not sent again.
  if (before?.saying) return keep(ctx, told);
  try {
    return await tellBy(ctx, told, CHANNELS);
  } catch (error) {
    if (last || notice.code === REFUSED_US) return keep(ctx, told);
    await ctx.notices.giveUp(deliveryId);
    throw error;
  }
}

/** News of a running case may have waited: what has ended it since is told by a notice of its own. */
function isOvertaken(accident: Accident, personId: string, code: NoticeCode): boolean {
  const isParty = LETTERS.some((letter) => accident.parties[letter]?.identity.personId === personId);
  return isOfRunningCase(code) && (!isParty || isOver(accident));
}

interface Shown {
  personId: string;
  accident: Accident;
  notice: Notice;
  news: News;
}

/** Whether the person's open page of the case shows what the notice would say. */
function showingTo(ctx: Context, { personId, accident, notice: { code }, news }: Shown): Showing {
  const letter = LETTERS.find((one) => accident.parties[one]?.identity.personId === personId);
  return letter && isShownByPages(code) ? showingOf(accident, letter, { ...news, at: ctx.clock.now() }) : "no";
}

/** Orders several notices of refused pictures, one behind the other. */
function turnOf(
  ctx: Context,
  { personId, accident, notice }: { personId: string; accident: Accident | null; notice: Notice },
): Turn {
  const letter = LETTERS.find((one) => accident?.parties[one]?.identity.personId === personId);
  if (notice.code !== "photo-refused" || !accident || !letter) return "now";
  return refusalTurn(accident, { photoId: String(notice.params.photo), letter }, ctx.clock.now());
}

/** Tries the channels after one by which, as the platform reports, the notice did not arrive. */
export function tellOtherwise(ctx: Context, told: Told, failed: string): Promise<Channel> {
  const at = CHANNELS.findIndex(([channel]) => channel === failed);
  return tellBy(ctx, told, CHANNELS.slice(at + 1));
}

async function tellBy(ctx: Context, told: Told, channels: typeof CHANNELS): Promise<Channel> {
  for (const [channel, say] of channels) {
    const outcome = await say(ctx, told);
    if (outcome.kind === "unsure") break;
    if (outcome.kind === "cannot") continue;
    await finish(ctx, told.deliveryId, channel);
    const failed = outcome.msgId && (await joinOutcome(ctx, outcome.msgId, { noticeId: told.deliveryId }));
    if (!failed) return channel;
  }
  return keep(ctx, told);
}

async function keep(ctx: Context, { person, notice, deliveryId }: Told, words?: WordKey): Promise<Channel> {
  await ctx.people.keepUnsaid(person.id, noticeText(ctx, person, notice, words));
  return finish(ctx, deliveryId, "kept");
}

async function finish(ctx: Context, deliveryId: string, channel: Channel): Promise<Channel> {
  await ctx.notices.finish(deliveryId, channel);
  return channel;
}
