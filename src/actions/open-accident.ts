import type { Context } from "../context.ts";
import { type Accident, NO_SCENE, type Person } from "../domain/accident.ts";
import { BRAKES } from "../domain/brakes.ts";
import { BEFORE_THE_FIRST_DATUM, consentEvents } from "../domain/consent.ts";
import { declarationEvent, type EligibilityAnswer, endOf, reasonsOf } from "../domain/eligibility.ts";
import { isOver, newParty } from "../domain/party.ts";
import { Conflict, Invalid } from "../errors.ts";

export interface OpenAccident {
  person: Person;
  /** version of the privacy notice that was read and accepted */
  textVersion: string;
  answer: EligibilityAnswer;
}

/**
 * Opens a case for driver A; it ends at once where the law or the city says that it is not for the drivers to
 * settle. Whoever has one running, or taps twice, gets that one. Throws Invalid "too-many-cases" (429) beyond
 * five a day.
 */
export async function openAccident(ctx: Context, input: OpenAccident): Promise<Accident> {
  const latest = await ctx.accidents.findByPerson({ id: input.person.id });
  const running = latest && !isOver(latest) ? latest : await ctx.accidents.findOpenedBy(input.person.id);
  if (running) return running;
  const [key, at] = [`open/${input.person.id}`, ctx.clock.now()];
  if (!(await ctx.tries.hasRoom(key, BRAKES.openings, at)))
    throw new Invalid("too-many-cases", { phone: ctx.config.operatorPhone, retryAfterS: 3600 }, 429);
  try {
    const opened = await create(ctx, input);
    // counted once it is there: a second tap opens nothing
    await ctx.tries.slide(key, BRAKES.openings, at);
    return opened;
  } catch (error) {
    const other = await ctx.accidents.findOpenedBy(input.person.id);
    if (!(error instanceof Conflict) || !other) throw error;
    return other;
  }
}

async function create(ctx: Context, { person, textVersion, answer }: OpenAccident): Promise<Accident> {
  const at = ctx.clock.now();
  const end = endOf(answer, ctx.config.rules.conditions);
  await ctx.people.admit(person);
  return ctx.accidents.create(
    {
      id: ctx.randomId(16),
      number: await nextNumber(ctx, at),
      openedAt: at,
      district: null,
      scene: NO_SCENE,
      parties: { A: newParty(person, textVersion, at), B: null },
      photos: [],
      photoTries: {},
      invitation: null,
      movedAt: null,
      concludedAt: null,
      dispute: null,
      recused: [],
      documents: null,
      claims: [],
      ended: end && { code: end, reasons: reasonsOf(answer), by: "A", at },
    },
    [
      { type: "accident-opened", by: "A", data: { vehicles: answer.vehicles } },
      ...consentEvents("A", BEFORE_THE_FIRST_DATUM, textVersion),
      declarationEvent("A", end, answer),
    ],
  );
}

/** Makes a number: KC, the day in Shanghai (UTC+8 all year), the day's count. */
async function nextNumber(ctx: Context, at: Date): Promise<string> {
  const day = new Date(at.getTime() + 8 * 3600_000).toISOString().slice(0, 10).replaceAll("-", "");
  const count = await ctx.counters.next(`accident-number-${day}`);
  return `KC${day}-${String(count).padStart(6, "0")}`;
}
