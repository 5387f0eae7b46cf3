import type { Context } from "../context.ts";
import { type Accident, LETTERS, type Person } from "../domain/accident.ts";
import type { NoticeCode } from "../domain/notice.ts";
import { factsOf, Upstream } from "../errors.ts";
import { noticeFields, noticeText, noticeUrl } from "./notice-text.ts";
import { sayNow } from "./say-now.ts";
import type { ChannelResult, Told } from "./told.ts";

/** Notices that the agreement itself goes with, as a picture. */
const WITH_PICTURE: ReadonlySet<NoticeCode> = new Set([
  "concluded",
  "concluded-full",
  "concluded-none",
  "claim-call-insurer",
  "claim-call-other",
  "paper-made",
]);

/** Notices that may use the last messages of a window; the others are on the driver's page anyway. */
const MATTERS: ReadonlySet<NoticeCode> = new Set([
  ...WITH_PICTURE,
  "determined-reported",
  "determined-call",
  "claim-delayed",
  "claim-not-corrected",
  "may-move",
  "photo-refused",
  "photo-delayed",
  "ended",
  "removed",
  "resume-asked",
  "resumed",
  "guidance-given",
  "application-proposed",
  "application-returned",
  "evidence-asked",
  "officer-sent",
  "letter-issued",
  "letter-reminded",
  "letter-served",
  "letter-replaced",
]);
const RESERVED = 2;

const CANNOT: ChannelResult = { kind: "cannot" };

/**
 * Sends a customer message while the platform's window is open: the text, the texts that waited, and the
 * paper when the notice is about it.
 */
export async function byCustomerMessage(ctx: Context, { person, accident, notice }: Told): Promise<ChannelResult> {
  const text = noticeText(ctx, person, notice);
  const reserve = MATTERS.has(notice.code) ? 0 : RESERVED;
  const result = await attempt(async () => {
    await sayNow(ctx, { person, text, reserve });
    return { kind: "said" };
  });
  if (result.kind === "said" && WITH_PICTURE.has(notice.code)) await sendPicture(ctx, person, accident);
  return result;
}

/** Sends a template message, which reaches a follower at any time; its id makes a repetition harmless. */
export async function byTemplate(ctx: Context, { person, notice, deliveryId }: Told): Promise<ChannelResult> {
  const templateId = ctx.config.wechat.noticeTemplateId;
  if (!templateId) return CANNOT;
  const message = {
    openid: person.openid,
    templateId,
    url: noticeUrl(ctx, notice),
    clientMsgId: deliveryId.slice(0, 32),
    data: noticeFields(ctx, person, notice),
  };
  return attempt(async () => ({ kind: "said", ...(await onceMore(() => ctx.wechat.sendTemplate(message))) }));
}

/**
 * Repeats once after a time-out: the platform knows the id for ten minutes, and the job's next attempt may be
 * half an hour away.
 */
async function onceMore<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof Upstream && error.details["uncertain"])) throw error;
    return send();
  }
}

/**
 * Sends a subscription notice, which reaches a person who agreed to one, follower or not; each consent is
 * good for one.
 */
export async function bySubscription(ctx: Context, { person, notice }: Told): Promise<ChannelResult> {
  const templateId = ctx.config.wechat.subscriptionTemplateId;
  if (!templateId || !(await ctx.people.takeConsent(person.id, templateId))) return CANNOT;
  const giveBack = () => ctx.people.noteConsent(person.id, templateId, "accept");
  try {
    const outcome = await attempt(async () => {
      const { msgId } = await ctx.wechat.sendSubscription({
        openid: person.openid,
        templateId,
        page: noticeUrl(ctx, notice),
        data: noticeFields(ctx, person, notice),
      });
      return { kind: "said", msgId };
    });
    // Refused for a reason other than the person's: the consent is still good.
    if (outcome.kind === "cannot" && outcome.code !== "wechat-refused-by-person") await giveBack();
    return outcome;
  } catch (error) {
    // Nothing was sent here either.
    await giveBack();
    throw error;
  }
}

/**
 * Classifies a failure: a refusal for good or for today goes to the next channel, a missing answer is unsure,
 * anything else is retried by the job.
 */
async function attempt(say: () => Promise<ChannelResult>): Promise<ChannelResult> {
  try {
    return await say();
  } catch (error) {
    if (!(error instanceof Upstream)) throw error;
    const { action, uncertain } = error.details;
    if (uncertain) return { kind: "unsure" };
    if (error.retryable && action !== "wait-tomorrow") throw error;
    return { kind: "cannot", code: error.code };
  }
}

/**
 * Sends the paper as a picture: the platform carries no files. A failure here does not send the words again.
 */
async function sendPicture(ctx: Context, person: Person, accident: Accident): Promise<void> {
  const { documents } = accident;
  if (!documents) return;
  const send = async () => {
    const bytes = await ctx.blobs.read(accident, documents.pictureSha256);
    const filename = `${accident.number}.png`;
    const { mediaId } = await ctx.wechat.uploadImage({ bytes, filename, contentType: "image/png" });
    await ctx.wechat.sendImage(person.openid, mediaId);
  };
  try {
    await ctx.quota.send(person.openid, send, { at: ctx.clock.now() });
  } catch (error) {
    const letter = LETTERS.find((one) => accident.parties[one]?.identity.personId === person.id);
    const { code } = factsOf(error);
    ctx.log.warn({ accidentId: accident.id, letter, code }, "notice.picture-not-sent");
  }
}
