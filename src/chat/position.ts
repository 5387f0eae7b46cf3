import { type TakePosition, takePosition } from "../actions/take-position.ts";
import type { Accident } from "../domain/accident.ts";
import { Invalid } from "../errors.ts";
import { asParty } from "../http/as-party.ts";
import type { Asked } from "./asked.ts";
import { isOver, nextThing, standing, standingOf } from "./next-thing.ts";

/** Null: it lies in the sea or outside the city. */
async function taken(ctx: Asked<"location">["ctx"], input: TakePosition): Promise<Accident | null> {
  try {
    return await takePosition(ctx, input);
  } catch (error) {
    if (error instanceof Invalid && error.code === "position-outside") return null;
    throw error;
  }
}

/** Takes a position from WeChat's map: GCJ-02, with one line of address. */
export async function onPosition({ ctx, message, person }: Asked<"location">): Promise<string> {
  const t = ctx.render.words(person.language);
  const current = await standingOf(ctx, person);
  if (!current || isOver(current) || current.short.step === "admission") return nextThing(ctx, person, current);
  const { latitude: lat, longitude: lng, label } = message;
  const { accident, letter } = current;
  const position = { lat, lng, crs: "GCJ-02" as const, accuracyM: null, label: label || null };
  const after = await taken(asParty(ctx, { accidentId: accident.id, letter, person }), {
    accidentId: accident.id,
    letter,
    position,
    loaded: accident,
  });
  if (!after) return `${t("chat.location.outside")}\n${nextThing(ctx, person, current)}`;
  const isNew = after.version !== accident.version;
  const said = t(isNew ? "chat.location.taken" : after.movedAt ? "chat.location.late" : "chat.location.known");
  return `${said}\n${nextThing(ctx, person, standing(ctx, after, person))}`;
}
