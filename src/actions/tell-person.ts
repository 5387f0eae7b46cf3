import type { Context } from "../context.ts";
import type { Accident, Letter, Person } from "../domain/accident.ts";
import { LETTERS } from "../domain/accident.ts";
import { Upstream } from "../errors.ts";
import type { Notice } from "./notice.ts";

export interface TellPerson {
  personId: string;
  notice: Notice;
  /** constant for this notice over all attempts: the platform drops a repeated template message under it */
  deliveryId: string;
}

/** How the notice went out; "kept": no window was open and no template is set up, so it is said with the next answer and stands on the case page. */
export type Channel = "customer-message" | "template-message" | "kept" | "nobody";

/** The agreement itself goes with the news that it is concluded. */
const WITH_PICTURE = new Set(["concluded", "claim-call-insurer"]);

/** errcodes: the window is closed, or its messages are used up. */
const CLOSED = new Set([45015, 45047]);

/** Says one thing to one person: a customer message while the platform's window is open, else a template message. Words are put here, in his language. */
export async function tellPerson(ctx: Context, { personId, notice, deliveryId }: TellPerson): Promise<Channel> {
  const person = await ctx.people.find(personId);
  const accident = await ctx.accidents.find(notice.accidentId);
  if (!person || !accident) return "nobody";
  const said = await byCustomerMessage(ctx, person, accident, notice);
  if (said) return "customer-message";
  if (await byTemplate(ctx, person, notice, deliveryId)) return "template-message";
  await ctx.people.keepUnsaid(person.id, textOf(ctx, person, notice));
  return "kept";
}

async function byCustomerMessage(ctx: Context, person: Person, accident: Accident, notice: Notice): Promise<boolean> {
  if (!(await ctx.quota.take(person.openid, ctx.clock.now()))) return false;
  try {
    await ctx.wechat.sendText(person.openid, textOf(ctx, person, notice));
  } catch (error) {
    if (!isClosed(error)) throw error;
    await ctx.quota.closed(person.openid);
    return false;
  }
  if (WITH_PICTURE.has(notice.code)) await sendPicture(ctx, person, accident);
  return true;
}

const isClosed = (error: unknown) => error instanceof Upstream && CLOSED.has(Number(error.details.errcode));

function textOf(ctx: Context, person: Person, { code, params, accidentId }: Notice): string {
  const url = `${ctx.config.publicUrl}/h5/accidents/${accidentId}`;
  const t = ctx.render.words(person.language);
  const shown = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, wordOf(t, name, value)]));
  return t(`chat.notice.${code}`, { ...shown, url });
}

/** Codes among the parameters have words of their own: an end, a slot, a refusal. */
function wordOf(t: (key: string) => string, name: string, value: string | number): string | number {
  const named = ["end", "slot", "refusal"].includes(name);
  return named ? t(`chat.${name}.${value}`) : value;
}

/** The paper itself, as a picture: the platform carries no files. A failure here does not send the words again. */
async function sendPicture(ctx: Context, person: Person, accident: Accident): Promise<void> {
  const { documents } = accident;
  if (!documents || !(await ctx.quota.take(person.openid, ctx.clock.now()))) return;
  try {
    const bytes = await ctx.blobs.read(accident, documents.pictureSha256);
    const { mediaId } = await ctx.wechat.uploadImage({
      bytes,
      filename: `${accident.number}.jpg`,
      contentType: "image/jpeg",
    });
    await ctx.wechat.sendImage(person.openid, mediaId);
  } catch (error) {
    ctx.log.warn(
      { accidentId: accident.id, letter: letterOf(accident, person), code: (error as { code?: string }).code },
      "agreement picture not sent",
    );
  }
}

const letterOf = (accident: Accident, person: Person): Letter | undefined =>
  LETTERS.find((letter) => accident.parties[letter]?.identity.personId === person.id);

async function byTemplate(
  ctx: Context,
  person: Person,
  { code, params, accidentId }: Notice,
  deliveryId: string,
): Promise<boolean> {
  const templateId = ctx.config.wechat.noticeTemplateId;
  if (!templateId) return false;
  const t = ctx.render.words(person.language);
  try {
    await ctx.wechat.sendTemplate({
      openid: person.openid,
      templateId,
      url: `${ctx.config.publicUrl}/h5/accidents/${accidentId}`,
      clientMsgId: deliveryId.slice(0, 32),
      data: {
        character_string1: String(params.number),
        thing2: t(`chat.headline.${code}`),
        time3: shanghaiTime(ctx.clock.now()),
      },
    });
    return true;
  } catch (error) {
    if (error instanceof Upstream && !error.retryable) return false;
    throw error;
  }
}

/** "2026-06-01 08:05", Shanghai time (UTC+8 all year). */
const shanghaiTime = (at: Date) => new Date(at.getTime() + 8 * 3600_000).toISOString().slice(0, 16).replace("T", " ");
