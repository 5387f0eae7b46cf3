import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import type { InsurerSource } from "../domain/claim-notice.ts";
import type { Notice } from "../domain/notice.ts";
import { plainWords } from "../domain/plain-words.ts";
import type { Params, Translate, WordKey } from "../render.ts";

/** Returns the page that a notice links to: the case page, which always names the next step. */
export const noticeUrl = (ctx: Context, { accidentId }: Notice): string =>
  `${ctx.config.publicUrl}/h5/accidents/${accidentId}`;

/**
 * Renders a notice in the driver's language, with what others wrote as plain words; `words`: a key to use
 * instead of its own.
 */
export function noticeText(ctx: Context, person: Person, notice: Notice, words?: WordKey): string {
  const { code, params } = notice;
  const t = ctx.render.words(person.language);
  const { findInsurer, ...others } = params;
  const shown = Object.fromEntries(Object.entries(others).map(([name, value]) => [name, wordOf(t, name, value)]));
  const insurer = isInsurerSource(findInsurer) && { insurer: t(FIND_INSURER[findInsurer]) };
  return said(t, words ?? `chat.notice.${code}`, { ...shown, ...insurer, url: noticeUrl(ctx, notice) });
}

/** Longest text of a `thing` field. */
const THING = 20;

/** What a template message or subscription notice is made of, on the account too. */
export const NOTICE_FIELDS = ["character_string1", "thing2", "time3"] as const;
type NoticeFields = Record<(typeof NOTICE_FIELDS)[number], string>;

/** Renders the fields of a template message or subscription notice: number, headline with its facts, time. */
export function noticeFields(ctx: Context, person: Person, { code, params }: Notice): NoticeFields {
  const headline = ctx.render.words(person.language)(`chat.headline.${code}`);
  const [insurer, amount, claimNo] = ["insurer", "amount", "claimNo"].map((name) =>
    plainWords(String(params[name] ?? "")),
  );
  const fact = amount || (code === "claim-number" ? claimNo : "");
  const isOfClaim = code.startsWith("claim-") && insurer !== "";
  const wanted = [...(isOfClaim ? [`${insurer} ${headline}${fact}`] : []), `${headline}${fact}`];
  return {
    character_string1: String(params.number),
    // the facts as far as the field has room for them
    thing2: wanted.find((text) => [...text].length <= THING) ?? headline,
    time3: shanghaiTime(ctx.clock.now()),
  };
}

/** Instead of the name of an insurer that nobody has named. */
const FIND_INSURER = {
  policy: "chat.find-insurer.policy",
  "other-driver": "chat.find-insurer.other-driver",
} as const satisfies Record<InsurerSource, WordKey>;
const isInsurerSource = (value: unknown): value is InsurerSource => typeof value === "string" && value in FIND_INSURER;

/** Parameters that are codes and are rendered as words. */
const WORDS_OF: Readonly<Record<string, string>> = {
  end: "chat.end",
  slot: "evidence.slot",
  refusal: "evidence.finding",
  returned: "chat.returned",
};

/** Returns the words of a key made from what is stored; throws where there are none. */
function said(t: Translate, key: string, params?: Params): string {
  const words = t.find(key, params);
  if (words === null) throw new Error(`no words for ${key}`);
  return words;
}

function wordOf(t: Translate, name: string, value: string | number): string | number {
  const words = WORDS_OF[name];
  if (words) return said(t, `${words}.${value}`);
  return typeof value === "string" ? plainWords(value) : value;
}

/** "2026-06-01 08:05", Shanghai time (UTC+8 all year). */
const shanghaiTime = (at: Date) => new Date(at.getTime() + 8 * 3600_000).toISOString().slice(0, 16).replace("T", " ");
