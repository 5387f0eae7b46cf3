import { readFileSync } from "node:fs";
import { confirmMoved } from "../../src/actions/confirm-moved.ts";
import { endAccident } from "../../src/actions/end-accident.ts";
import { giveDetails } from "../../src/actions/give-details.ts";
import { giveStatement } from "../../src/actions/give-statement.ts";
import { makeInvitation } from "../../src/actions/make-invitation.ts";
import { openAccident } from "../../src/actions/open-accident.ts";
import { recordPlace } from "../../src/actions/record-place.ts";
import { removeParty } from "../../src/actions/remove-party.ts";
import { signAgreement } from "../../src/actions/sign-agreement.ts";
import type { Context } from "../../src/context.ts";
import type { Accident, Letter, Person } from "../../src/domain/accident.ts";
import { contentDigest } from "../../src/domain/agreement.ts";
import { NOTICE_VERSION } from "../../src/domain/consent.ts";
import { PHOTO_SLOTS, type Photo, UNEXAMINED } from "../../src/domain/photo.ts";
import { Conflict, NotFound } from "../../src/errors.ts";
import { asParty } from "../../src/http/as-party.ts";
import { DETAILS, SIGNATURE } from "../support/drivers.ts";
import { joinByCode } from "../support/join-by-code.ts";
import { placeOf } from "../support/place-of.ts";

export const CLEAR = { vehicles: "two" as const, conditions: [] };
export type Random = () => number;
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;

/** The people of one story: driver A and three who may become driver B. */
export interface Cast {
  ctx: Context;
  id: string;
  a: Person;
  others: Person[];
  /** who is the second driver when the moment begins */
  second?: Person | undefined;
}

/** The result of an action: the accident as acknowledged, or the refusal. */
export interface Outcome {
  name: string;
  acknowledged: Accident | null;
  error: unknown;
}

const photo = readFileSync(new URL("../../../test/fixtures/photo-1.jpg", import.meta.url));

/** Pictures that can be printed and were never decoded: the walks have many cases. */
async function photosFor(ctx: Context, accident: Accident): Promise<Photo[]> {
  const sha256 = await ctx.blobs.save(accident, photo, "thumb");
  const stored = { sha256, copySha256: sha256, thumbSha256: sha256, mime: "image/jpeg", bytes: photo.length };
  const rest = { by: "A", source: "form", state: "stored", mediaId: null, refusal: null, ...UNEXAMINED } as const;
  const receivedAt = ctx.clock.now();
  return PHOTO_SLOTS.map((slot) => ({ ...stored, ...rest, id: `p-${slot}`, slot, width: 1, height: 1, receivedAt }));
}

/** A case whose pictures are safe and whose cars have moved; nobody has joined yet. */
export async function openCase(ctx: Context): Promise<Cast> {
  const [a, ...others] = (await Promise.all(
    Array.from({ length: 4 }, () => ctx.people.see(`openid-${ctx.randomId()}`)),
  )) as [Person, ...Person[]];
  const opened = await openAccident(ctx, { person: a, textVersion: NOTICE_VERSION, answer: CLEAR });
  const stored = await photosFor(ctx, opened);
  await ctx.accidents.change(opened.id, (accident) => ({
    accident: { ...accident, photos: stored },
    events: PHOTO_SLOTS.map((slot) => ({ type: "photo-stored", by: "A", data: { slot } })),
  }));
  await confirmMoved(ctx, { accidentId: opened.id, letter: "A" });
  await recordPlace(ctx, { accidentId: opened.id, letter: "A", ...placeOf(ctx) });
  return { ctx, id: opened.id, a, others };
}

/** One act: a person acts under the letter that their page showed. */
type Move = (cast: Cast, random: Random) => Promise<Accident>;

/** Ours are the details that nobody else could have typed: name and phone are the person's own. */
export const detailsOf = (person: Person, letter: Letter, edition: number) => ({
  ...DETAILS[letter],
  name: `人${person.id.slice(0, 6)}`,
  phone: `1390000000${edition}`,
});

/** Mostly who sits there now; sometimes who was taken out, or never was in it. */
function seat({ a, others, second }: Cast, random: Random): { person: Person; letter: Letter } {
  if (random() < 0.5) return { person: a, letter: "A" };
  return { person: second && random() < 0.85 ? second : pick(random, others), letter: "B" };
}

const AGREED = { A: { ownAct: "QS-01", otherAct: "none" }, B: { ownAct: "none", otherAct: "QS-01" } };

const MOVES: Record<string, [weight: number, move: Move]> = {
  join: [
    1.5,
    async ({ ctx, id, others }, random) => {
      const { invitation } = await makeInvitation(ctx, { accidentId: id, letter: "A" });
      const code = invitation?.code ?? "";
      return joinByCode(ctx, { person: pick(random, others), code, textVersion: NOTICE_VERSION, answer: CLEAR });
    },
  ],
  details: [
    2,
    async (cast, random) => {
      const { person, letter } = seat(cast, random);
      const details = detailsOf(person, letter, Math.floor(random() * 2));
      return giveDetails(asParty(cast.ctx, { accidentId: cast.id, letter, person }), {
        accidentId: cast.id,
        letter,
        details,
      });
    },
  ],
  statement: [
    2,
    async (cast, random) => {
      const { person, letter } = seat(cast, random);
      const acts = random() < 0.9 ? AGREED[letter] : { ownAct: "none", otherAct: "QS-01" };
      const statement = { ...acts, impact: "front" as const, note: random() < 0.5 ? "" : "雨天" };
      return giveStatement(asParty(cast.ctx, { accidentId: cast.id, letter, person }), {
        accidentId: cast.id,
        letter,
        statement,
      });
    },
  ],
  place: [
    0.5,
    ({ ctx, id }, random) =>
      recordPlace(ctx, { accidentId: id, letter: "A", ...placeOf(ctx), address: pick(random, ["外滩", "人民大道"]) }),
  ],
  sign: [
    8,
    async (cast, random) => {
      const { ctx, id } = cast;
      const { person, letter } = seat(cast, random);
      const shown = contentDigest(ctx, await ctx.accidents.get(id));
      const input = { accidentId: id, letter, contentDigest: shown, signature: SIGNATURE, forwarding: random() < 0.8 };
      return signAgreement(asParty(ctx, { accidentId: id, letter, person }), input);
    },
  ],
  remove: [0.5, ({ ctx, id }) => removeParty(ctx, { accidentId: id, letter: "A" })],
  end: [
    0.2,
    (cast, random) => {
      const { person, letter } = seat(cast, random);
      return endAccident(asParty(cast.ctx, { accidentId: cast.id, letter, person }), {
        accidentId: cast.id,
        letter,
        code: "withdrawn",
      });
    },
  ],
};

const TOTAL = Object.values(MOVES).reduce((sum, [weight]) => sum + weight, 0);

function nextMove(random: Random): [string, Move] {
  let at = random() * TOTAL;
  for (const [name, [weight, move]] of Object.entries(MOVES)) {
    at -= weight;
    if (at < 0) return [name, move];
  }
  throw new Error("never");
}

/** Both drivers at once: up to four hands in the same moment, some of them tapping twice. */
export async function moment(story: Cast, random: Random): Promise<Outcome[]> {
  const { B } = (await story.ctx.accidents.get(story.id)).parties;
  const cast = { ...story, second: story.others.find(({ id }) => id === B?.identity.personId) };
  const hands = Array.from({ length: 1 + Math.floor(random() * 4) }, () => nextMove(random));
  const taps = hands.flatMap((hand) => (random() < 0.3 ? [hand, hand] : [hand]));
  return Promise.all(
    taps.map(async ([name, move]): Promise<Outcome> => {
      try {
        return { name, acknowledged: await move(cast, random), error: null };
      } catch (error) {
        return { name, acknowledged: null, error };
      }
    }),
  );
}

/**
 * True for an expected refusal: the case has moved on, or the person is not in it. Anything else is a fault
 * of ours.
 */
export const isRefusal = (error: unknown): boolean =>
  error instanceof NotFound ||
  (error instanceof Conflict &&
    ["wrong-step", "text-changed", "already-signed", "invitation-used", "invitation-expired"].includes(error.code)) ||
  (error as { code?: string }).code === "invitation-unknown" ||
  (error as { code?: string }).code === "invitation-used";

/** Goes on from openCase to two signatures. */
export async function settle(cast: Cast): Promise<Accident> {
  const { ctx, id, a, others } = cast;
  const b = others[0] as Person;
  const { invitation } = await makeInvitation(ctx, { accidentId: id, letter: "A" });
  await joinByCode(ctx, { person: b, code: invitation?.code ?? "", textVersion: NOTICE_VERSION, answer: CLEAR });
  const people = { A: a, B: b };
  for (const letter of ["A", "B"] as const) {
    await giveDetails(ctx, { accidentId: id, letter, details: detailsOf(people[letter], letter, 0) });
    const statement = { ...AGREED[letter], impact: "front" as const, note: "" };
    await giveStatement(ctx, { accidentId: id, letter, statement });
  }
  const shown = contentDigest(ctx, await ctx.accidents.get(id));
  const signed = { accidentId: id, contentDigest: shown, signature: SIGNATURE, forwarding: true };
  await signAgreement(ctx, { ...signed, letter: "A" });
  return signAgreement(ctx, { ...signed, letter: "B" });
}
