import { type Accident, type ChainedEvent, LETTERS, type Letter, type Party } from "./accident.ts";
import { type CaseState, caseStateOf } from "./case-facets.ts";
import { forwards } from "./forwarding.ts";
import type { Hold } from "./hold.ts";
import { type Act, type Catalogue, compareStatements, findAct, type Liability } from "./liability.ts";
import { masked } from "./mask.ts";
import { isStored, type StoredPhoto } from "./photo.ts";
import { type PlateDoubt, plateDoubts } from "./photo-plates.ts";

/** What the desk shows of one party; `shown`: an officer has given a reason to see names and numbers. */
export interface FiledParty {
  letter: Letter;
  joinedAt: Date;
  name: string | null;
  idKind: string | null;
  idNumber: string | null;
  phone: string | null;
  plate: string | null;
  vehicleKind: string | null;
  insurerCode: string | null;
  insurerName: string | null;
  policyNumber: string | null;
  statement: FiledStatement | null;
  signedAt: Date | null;
  forwarding: boolean | null;
}

export interface FiledStatement {
  own: Act | null;
  other: Act | null;
  /** which of the two acts the other party states otherwise */
  differs: { own: boolean; other: boolean };
  impact: string;
  note: string;
  at: Date;
}

/** A whole case as an officer reads it. */
export interface CaseFile {
  id: string;
  number: string;
  state: CaseState;
  openedAt: Date;
  /** code; null: the city's */
  district: string | null;
  concludedAt: Date | null;
  ended: { code: string; at: Date } | null;
  /** a legal hold: for whom, and since when */
  hold: Hold | null;
  scene: Accident["scene"];
  movedAt: Date | null;
  parties: FiledParty[];
  liability: Liability;
  photos: StoredPhoto[];
  plateDoubts: PlateDoubt[];
  claims: Accident["claims"];
  hasPaper: boolean;
  events: readonly ChainedEvent[];
}

export function caseFileOf(accident: Accident, catalogue: Catalogue, shown: boolean): CaseFile {
  const liability = compareStatements(accident, catalogue);
  return {
    id: accident.id,
    number: accident.number,
    state: caseStateOf(accident, catalogue),
    openedAt: accident.openedAt,
    district: accident.district,
    concludedAt: accident.concludedAt,
    ended: accident.ended && { code: accident.ended.code, at: accident.ended.at },
    hold: accident.hold ?? null,
    scene: accident.scene,
    movedAt: accident.movedAt,
    parties: LETTERS.flatMap((letter) => {
      const party = accident.parties[letter];
      return party ? [filed(party, letter, { liability, catalogue, shown })] : [];
    }),
    liability,
    photos: accident.photos.filter(isStored),
    plateDoubts: plateDoubts(accident),
    claims: accident.claims,
    hasPaper: accident.documents !== null,
    events: accident.events,
  };
}

function filed(
  { details, statement, signature, joinedAt }: Party,
  letter: Letter,
  { liability, catalogue, shown }: { liability: Liability; catalogue: Catalogue; shown: boolean },
): FiledParty {
  const hide = (value: string | undefined, ends: { first: number; last: number }) =>
    value === undefined ? null : shown ? value : masked(value, ends);
  const isDisputed = (about: Letter) => liability.kind === "different" && liability.about.includes(about);
  return {
    letter,
    joinedAt,
    name: hide(details?.name, { first: 1, last: 0 }),
    idKind: details?.idKind ?? null,
    idNumber: hide(details?.idNumber, { first: 3, last: 2 }),
    phone: hide(details?.phone, { first: 3, last: 4 }),
    plate: details?.plate ?? null,
    vehicleKind: details?.vehicleKind ?? null,
    insurerCode: details?.insurerCode ?? null,
    insurerName: details?.insurerName ?? null,
    policyNumber: hide(details?.policyNumber ?? undefined, { first: 2, last: 4 }),
    statement: statement && {
      own: findAct(catalogue, statement.ownAct) ?? null,
      other: findAct(catalogue, statement.otherAct) ?? null,
      differs: { own: isDisputed(letter), other: isDisputed(letter === "A" ? "B" : "A") },
      impact: statement.impact,
      note: statement.note,
      at: statement.statedAt,
    },
    signedAt: signature?.signedAt ?? null,
    forwarding: signature && forwards(signature),
  };
}
