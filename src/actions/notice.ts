import type { Context } from "../context.ts";
import { type Accident, type Letter, type OutboxEntry, otherOf, type Person } from "../domain/accident.ts";
import { plainWords } from "../domain/plain-words.ts";
import type { Params, PartOf, Translate, WordKey } from "../render.ts";

/** What can be told: each has a sentence and a headline. */
export type NoticeCode = PartOf<"chat.notice">;

/** What is to be said to a person: a code and parameters, put into words when it is sent, in his language. */
export interface Notice {
  code: NoticeCode;
  params: Params;
  accidentId: string;
}

/** The outbox entry that tells one party something about his accident; who reads it is at the roadside and waits for it. */
export function notice(accident: Accident, to: Letter, code: NoticeCode, params: Notice["params"] = {}): OutboxEntry {
  const party = accident.parties[to];
  if (!party) throw new Error(`nobody to tell ${code}`);
  const body: Notice = { code, params: { number: accident.number, ...params }, accidentId: accident.id };
  return { kind: "notice", target: party.identity.personId, body: JSON.stringify(body), urgent: true };
}

/** The same for news that nobody waits for at this moment: a claim's way at the insurer. */
export function laterNotice(...what: Parameters<typeof notice>): OutboxEntry {
  const { urgent: _, ...entry } = notice(...what);
  return entry;
}

/** Who had signed what the other has now corrected is told: his signature no longer counts. */
export function correctionNotice(before: Accident, by: Letter): OutboxEntry[] {
  const other = otherOf(by);
  return before.parties[other]?.signature ? [notice(before, other, "text-changed")] : [];
}

/** Where a notice leads: the case page, which always answers "what now?". */
export const noticeUrl = (ctx: Context, { accidentId }: Notice): string =>
  `${ctx.config.publicUrl}/h5/accidents/${accidentId}`;

/** The notice in the driver's language, with what others wrote as plain words; `words`: the key of others for it than its own. */
export function noticeText(ctx: Context, person: Person, notice: Notice, words?: WordKey): string {
  const { code, params } = notice;
  const t = ctx.render.words(person.language);
  const shown = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, wordOf(t, name, value)]));
  return said(t, words ?? `chat.notice.${code}`, { ...shown, url: noticeUrl(ctx, notice) });
}

/** The fields of a template message and of a subscription notice: number, headline, time. */
export function noticeFields(ctx: Context, person: Person, { code, params }: Notice): Record<string, string> {
  return {
    character_string1: String(params.number),
    thing2: ctx.render.words(person.language)(`chat.headline.${code}`),
    time3: shanghaiTime(ctx.clock.now()),
  };
}

/** Codes among the parameters have words of their own. */
const WORDS_OF: Readonly<Record<string, string>> = {
  end: "chat.end",
  slot: "evidence.slot",
  refusal: "evidence.finding",
};

/** Words of a key that was made from what is stored. */
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
