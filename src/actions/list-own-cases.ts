import type { Context } from "../context.ts";
import { type Accident, LETTERS, type Party, type Person } from "../domain/accident.ts";
import type { Receipt } from "../domain/determination.ts";
import { type Consenting, consentToForward } from "../domain/forwarding.ts";
import { isOver } from "../domain/party.ts";
import { keptUntil, type Retention } from "../domain/retention.ts";

/** What one case holds of one person. */
export interface OwnCase {
  id: string;
  number: string;
  letter: string;
  openedAt: Date;
  /** null while it runs, or while a legal hold stands */
  keptUntil: Date | null;
  /** it is over, and stays because somebody needs it by law */
  isHeld: boolean;
  scene: Accident["scene"];
  mine: Pick<Party, "joinedAt" | "consent" | "details" | "statement" | "signature"> & {
    /** what this person said to each determination letter */
    receipts: Receipt[];
    forwarding: Consenting | null;
  };
  photos: { slot: string; receivedAt: Date; sha256: string | null }[];
  claims: { ref: string; insurerCode: string; status: string; statusAt: Date; insurerClaimNo: string | null }[];
  /** what this person did and agreed to */
  events: { type: string; at: Date; data: object }[];
}

/** Lists the cases of a person, the latest first, each with what is that person's own in it. */
export async function listOwnCases(ctx: Context, person: Person): Promise<OwnCase[]> {
  const ids = [...new Set((person.cases ?? []).map(({ id }) => id))];
  const found = await Promise.all(ids.map((id) => ctx.accidents.find(id)));
  const own = found.flatMap((accident) => (accident ? ownCase(accident, person, ctx.config.retention) : []));
  return own.sort((one, other) => other.openedAt.getTime() - one.openedAt.getTime());
}

function ownCase(accident: Accident, { id: personId }: Person, retention: Retention): OwnCase[] {
  const letter = LETTERS.find((one) => accident.parties[one]?.identity.personId === personId);
  const party = letter && accident.parties[letter];
  if (!letter || !party) return [];
  const { id, number, openedAt, scene, photos, claims, events, dispute } = accident;
  const { joinedAt, consent, details, statement, signature } = party;
  return [
    {
      ...{ id, number, letter, openedAt, scene },
      keptUntil: isOver(accident) && !accident.hold ? keptUntil(accident, retention) : null,
      isHeld: isOver(accident) && Boolean(accident.hold),
      mine: {
        ...{ joinedAt, consent, details, statement, signature },
        receipts: (dispute?.determinations ?? []).flatMap(({ receipts }) => receipts[letter] ?? []),
        forwarding: consentToForward(accident, letter),
      },
      photos: photos
        .filter(({ by }) => by === letter)
        .map((photo) => ({
          slot: photo.slot,
          receivedAt: photo.receivedAt,
          sha256: photo.state === "stored" ? photo.sha256 : null,
        })),
      claims: claims
        .filter((claim) => claim.party === letter)
        .map(({ ref, insurerCode, status, statusAt, insurerClaimNo }) => ({
          ...{ ref, insurerCode, status, statusAt, insurerClaimNo },
        })),
      events: events.filter(({ by }) => by === letter).map(({ type, at, data }) => ({ type, at, data })),
    },
  ];
}
