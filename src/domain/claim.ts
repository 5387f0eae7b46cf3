import { type Accident, LETTERS, type Letter } from "./accident.ts";
import type { CarOwner, CarUse } from "./car.ts";
import type { ClaimContent } from "./claim-content.ts";
import { type EvidenceSources, evidenceOf, lastSignedAt } from "./claim-evidence.ts";
import { liabilityOfLetter, shareOf } from "./claim-letter.ts";
import {
  beijingTime,
  type ClaimAccident,
  type ClaimData,
  type ClaimMessage,
  type ClaimParty,
  roleOf,
} from "./claim-message.ts";
import { letterOf } from "./dispute.ts";
import { allowsForwarding, receiptOf } from "./forwarding.ts";
import { type Catalogue, findAct, NO_ACT } from "./liability.ts";
import { masked } from "./mask.ts";
import { PLATE_COLOURS } from "./plate.ts";

/** What a claim needs besides the accident itself; the links are made by the caller. */
export interface ClaimSources extends EvidenceSources {
  content: ClaimContent;
  catalogue: Catalogue;
  /** Chinese names by insurer code */
  insurerNames: Readonly<Record<string, string>>;
  jurisdiction: { adcode: string; district: string };
  callbackOf(insurerCode: string, ref: string): string;
  now: Date;
}

export const claimRef = (number: string, letter: Letter): string => `${number}-${letter}`;

/**
 * The parties whose insurer gets a claim: forwarding allowed (PIPL art. 23), insurer one of those that take
 * claims (never "other" or "unknown").
 */
export function claimants(accident: Accident, insurerCodes: readonly string[]): Letter[] {
  return LETTERS.filter(
    (letter) =>
      allowsForwarding(accident, letter) && insurerCodes.includes(accident.parties[letter]?.details?.insurerCode ?? ""),
  );
}

/**
 * Both liable, two cars with an insurer each, nobody hurt, nothing else hit: each insurer may pay its own car
 * (互碰自赔) if both losses turn out ≤ 2,000 yuan.
 */
export function mutualSelfCompensation(content: ClaimContent): boolean {
  return LETTERS.every(
    (letter) => content.parties[letter].degree === "equal" && content.parties[letter].insurerCode !== "unknown",
  );
}

/**
 * Makes `claim.submitted` 2.0 for one party at their own insurer. No pictures, the licence's number masked,
 * the phone in full: the insurer calls. Of a driver who refused forwarding it holds the car and their part in
 * the accident, nothing else.
 */
export function buildClaim(sources: ClaimSources, letter: Letter): ClaimMessage {
  const timestamp = beijingTime(sources.now);
  return { type: "claim.submitted", schemaVersion: "2.0", timestamp, data: dataOf(sources, letter) };
}

function dataOf(sources: ClaimSources, letter: Letter): ClaimData {
  const { accident, content, callbackOf, jurisdiction, now } = sources;
  const ref = claimRef(accident.number, letter);
  return {
    claimRef: ref,
    caseNo: accident.number,
    role: roleOf(content.parties[letter].degree),
    ...revisionOf(accident, ref),
    submittedAt: beijingTime(now),
    jurisdiction,
    accident: accidentOf(sources),
    liability: liabilityOf(sources),
    parties: LETTERS.map((party) => partyOf(sources, party, letter)),
    hints: { mutualSelfCompensation: mutualSelfCompensation(content) },
    evidence: evidenceOf(sources),
    consent: LETTERS.flatMap((party) => consentOf(accident, party)),
    contact: { language: accident.parties[letter]?.language ?? "zh" },
    links: { statusCallback: callbackOf(content.parties[letter].insurerCode, ref) },
  };
}

/** The claim as it is recorded knows whether it takes the place of one that went before. */
function revisionOf({ claims }: Accident, ref: string): Pick<ClaimData, "revision" | "replaces"> {
  const { revision = 1, replacedAt } = claims.find((claim) => claim.ref === ref) ?? {};
  if (revision === 1 || !replacedAt) return { revision: 1, replaces: null };
  const replaces = { revision: revision - 1, submittedAt: beijingTime(replacedAt), reason: "determination" as const };
  return { revision, replaces };
}

function accidentOf({ accident, content }: ClaimSources): ClaimAccident {
  return {
    occurredAt: beijingTime(content.occurredAt),
    reportedAt: beijingTime(accident.openedAt),
    location: {
      address: content.address,
      ...placeOf(accident, { A: content.position, B: content.positionOfB ?? null }),
    },
    weather: content.weather,
    category: content.forms[0] ?? "other",
    categories: content.forms,
    injuries: false,
    propertyOther: false,
  };
}

/**
 * The position is of a phone: it goes where the driver whose phone it was allows it, A's before B's; the
 * address is the accident's.
 */
export function placeOf(
  accident: Accident,
  positions: Accident["scene"]["positions"],
): Omit<ClaimAccident["location"], "address"> {
  const letter = LETTERS.find((one) => positions[one] && allowsForwarding(accident, one));
  const position = letter && positions[letter];
  if (!position) return { crs: "GCJ-02" };
  const { lat, lng, crs, accuracyM } = position;
  return { lat, lng, crs, accuracyM };
}

function liabilityOf({ accident, content, catalogue, linkOf }: ClaimSources): ClaimData["liability"] {
  const letter = letterOf(accident);
  if (letter) return liabilityOfLetter(accident, letter, { catalogue, linkOf });
  const acts = LETTERS.map((letter) => content.parties[letter].act).filter((act) => act !== NO_ACT);
  return {
    basis: "agreed",
    determinedAt: beijingTime(lastSignedAt(accident)),
    lawRefs: [...new Set(acts.flatMap((act) => findAct(catalogue, act)?.legalBasis ?? []))],
    shares: LETTERS.map((party) => shareOf(party, content.parties[party].degree, catalogue)),
  };
}

function partyOf({ accident, content, insurerNames }: ClaimSources, party: Letter, claimant: Letter): ClaimParty {
  const own = content.parties[party];
  const agreed = allowsForwarding(accident, party);
  return {
    label: party,
    role: party === claimant ? "insured" : "third_party",
    driver: agreed ? driverOf(own) : { withheld: true },
    vehicle: {
      plate: own.plate.replaceAll("·", ""),
      plateColor: PLATE_COLOURS[own.vehicleKind] ?? "other",
      plateType: own.vehicleKind,
      ...carOf(accident, party),
    },
    insurance: {
      insurerCode: own.insurerCode,
      insurerName: own.insurerName ?? insurerNames[own.insurerCode] ?? null,
      compulsory: { policyNo: party === claimant ? own.policyNumber : null },
    },
    act: own.act,
    statement: agreed ? own.note : "",
    damage: { parts: [own.impact] },
  };
}

/** Whose car it is and what for, where the driver said so and lets it go to the insurers. */
function carOf(accident: Accident, party: Letter): { owner: CarOwner; use: CarUse } {
  const said = allowsForwarding(accident, party) ? accident.parties[party]?.details : null;
  return { owner: said?.owner ?? "unknown", use: said?.use ?? "unknown" };
}

function driverOf({ name, idKind, idNumber, phone }: ClaimContent["parties"][Letter]): ClaimParty["driver"] {
  return { name, idType: idKind, idNoMasked: maskNumber(idNumber), phone, wechatBound: true };
}

function consentOf(accident: Accident, letter: Letter): ClaimData["consent"] {
  const party = accident.parties[letter];
  const at = receiptOf(accident, letter)?.at ?? party?.signature?.signedAt;
  if (!party?.consent || !at || !allowsForwarding(accident, letter)) return [];
  return [{ party: letter, textVersion: party.consent.textVersion, at: beijingTime(at) }];
}

/**
 * The first three and the last four characters of an 18-digit number; of a shorter one in proportion, never
 * more than half.
 */
export function maskNumber(number: string): string {
  const quarter = Math.floor(number.length / 4);
  return masked(number, { first: Math.min(3, quarter), last: Math.min(4, quarter) });
}
