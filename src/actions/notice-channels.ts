import type { Context } from "../context.ts";
import type { Accident, Person } from "../domain/accident.ts";
import { LETTERS } from "../domain/accident.ts";
import { Upstream } from "../errors.ts";
import { sayWithUnsaid } from "./bundle-words.ts";
import { noticeFields, noticeText, noticeUrl } from "./notice.ts";
import type { Outcome, Told } from "./tell-person.ts";

/** The agreement itself goes with the news that it is concluded, or with the news that it is there after all. */
const WITH_PICTURE = new Set(["concluded", "claim-call-insurer", "paper-made"]);

/** The last two messages of a window are for these: not more than three in a row about what he sees on his page anyway. */
const MATTERS = new Set([
  ...WITH_PICTURE,
  "claim-delayed",
  "may-move",
  "photo-refused",
  "photo-delayed",
  "ended",
  "removed",
]);
const RESERVED = 2;

const CLOSED = new Set(["wechat-window-closed", "wechat-window-used-up"]);
/** The platform says that nothing more may be said to him, whatever we have counted. */
export const closesWindow = (code: string): boolean => CLOSED.has(code);

const CANNOT: Outcome = { kind: "cannot" };

/** Where the platform's window is open: his words, what waited for him, and the paper where there is news of it. */
export async function byCustomerMessage(ctx: Context, { person, accident, notice }: Told): Promise<Outcome> {
  const at = ctx.clock.now();
  const spare = MATTERS.has(notice.code) ? 0 : RESERVED;
  if (spare > 0 && (await ctx.quota.left(person.openid, at)) <= spare) return CANNOT;
  if (!(await ctx.quota.take(person.openid, at))) return CANNOT;
  const words = { person, text: noticeText(ctx, person, notice) };
  const outcome = await attempt(async () => {
    await sayWithUnsaid(ctx, words, (text) => ctx.wechat.sendText(person.openid, text));
    return { kind: "said" };
  });
  if (outcome.kind === "said" && WITH_PICTURE.has(notice.code)) await sendPicture(ctx, person, accident);
  if (outcome.kind === "cannot" && closesWindow(outcome.code ?? "")) await ctx.quota.closed(person.openid);
  return outcome;
}

/** Reaches a follower at any time; its id makes a repetition harmless. */
export async function byTemplate(ctx: Context, { person, notice, deliveryId }: Told): Promise<Outcome> {
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

/** After a time-out again at once: the platform knows the id for ten minutes, and the job's next attempt may be half an hour away. */
async function onceMore<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof Upstream && error.details["uncertain"])) throw error;
    return send();
  }
}

/** Reaches whoever has agreed to one, follower or not; each consent is good for one. */
export async function bySubscription(ctx: Context, { person, notice }: Told): Promise<Outcome> {
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
    // Refused for another reason than his: the consent is still good.
    if (outcome.kind === "cannot" && outcome.code !== "wechat-refused-by-person") await giveBack();
    return outcome;
  } catch (error) {
    // Nothing was sent, either.
    await giveBack();
    throw error;
  }
}

/** A refusal for good, or for today, leaves it to the next channel; an answer that never came leaves us unsure; the rest is the job's to repeat. */
async function attempt(say: () => Promise<Outcome>): Promise<Outcome> {
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

/** The paper itself, as a picture: the platform carries no files. A failure here does not send the words again. */
async function sendPicture(ctx: Context, person: Person, accident: Accident): Promise<void> {
  const { documents } = accident;
  if (!documents || !(await ctx.quota.take(person.openid, ctx.clock.now()))) return;
  try {
    const bytes = await ctx.blobs.read(accident, documents.pictureSha256);
    const filename = `${accident.number}.png`;
    const { mediaId } = await ctx.wechat.uploadImage({ bytes, filename, contentType: "image/png" });
    await ctx.wechat.sendImage(person.openid, mediaId);
  } catch (error) {
    const letter = LETTERS.find((one) => accident.parties[one]?.identity.personId === person.id);
    const { code } = error as { code?: string };
    ctx.log.warn({ accidentId: accident.id, letter, code }, "agreement picture not sent");
  }
}
