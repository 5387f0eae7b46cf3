import type { Context } from "../context.ts";
import { type Accident, LANGUAGES, LETTERS, type Letter, type Person } from "../domain/accident.ts";
import { saidStep } from "../domain/dispute-view.ts";
import { type ShortView, shortViewOf } from "../domain/short-view.ts";
import { type View, viewOf } from "../domain/view.ts";
import { hasTime } from "../domain/waiting.ts";
import type { Translate } from "../render.ts";

/**
 * A driver's case: the accident, the driver's letter in it and what that driver may see. The whole view is
 * made where it is asked for.
 */
export interface Standing {
  accident: Accident;
  letter: Letter;
  short: ShortView;
  readonly view: View;
}

/** Returns the accident of this driver that runs, else the one that they opened or joined last. */
export async function standingOf(ctx: Context, person: Person): Promise<Standing | null> {
  const accident = await ctx.accidents.findCurrent(person);
  return accident && standing(ctx, accident, person);
}

export function standing(ctx: Context, accident: Accident, person: Person): Standing | null {
  const letter = LETTERS.find((one) => accident.parties[one]?.identity.personId === person.id);
  if (!letter) return null;
  const { catalogue } = ctx.config.rules;
  let view: View | null = null;
  return {
    accident,
    letter,
    short: shortViewOf(accident, letter, catalogue),
    get view() {
      view ??= viewOf(accident, letter, catalogue);
      return view;
    },
  };
}

/** True once the case is settled or ended: this driver's next accident starts a new one. */
export const isOver = ({ short }: Standing): boolean => !short.isRunning;

/** Names what may be sent besides the step; nothing depends on it. */
function aside({ askedPhoto, wantedExtras, step }: ShortView, t: Translate): string {
  if (askedPhoto) return `\n${t("chat.next.photos-asked")}`;
  const [wanted] = wantedExtras;
  return wanted && hasTime(step) ? `\n${t("chat.photo.wanted", { slot: t(`evidence.slot.${wanted}`) })}` : "";
}

/** The address of a beginning; it carries the language of a guest, of whom none is stored. */
export const beginAt = (ctx: Context, person: Person, path: string): string =>
  `${ctx.config.publicUrl}/h5/${path}${person.isGuest && person.language !== LANGUAGES[0] ? `?lang=${person.language}` : ""}`;

/** Says the driver's next step in one sentence with one link. */
export function nextThing(ctx: Context, person: Person, current: Standing | null): string {
  const t = ctx.render.words(person.language);
  const start = beginAt(ctx, person, "start");
  if (!current) return t("chat.none", { url: start });
  const url = `${ctx.config.publicUrl}/h5/accidents/${current.short.id}`;
  if (isOver(current)) return `${here(current, url, t)}\n${t("chat.again", { url: start })}`;
  return `${here(current, url, t)}${aside(current.short, t)}`;
}

function here(current: Standing, url: string, t: Translate): string {
  const { missingSlots, step: at } = current.short;
  const step = at === "letter" ? saidStep(current.view) : at;
  if (step !== "photos") return t(`chat.next.${step}`, { url });
  const [next] = missingSlots;
  if (!next) return t("chat.next.photos-arriving", { url });
  return t("chat.next.photos", { url, missing: missingSlots.length, slot: t(`evidence.slot.${next}`) });
}
