import { type Accident, type Degree, LETTERS, type Letter, type Party } from "./accident.ts";
import type { AgreementContent } from "./agreement.ts";
import { type Catalogue, findAct, NO_ACT } from "./liability.ts";
import { isMandatory, type Photo } from "./photo.ts";
import { plateDoubts } from "./photo-plates.ts";
import { PLATE_COLOURS } from "./plate.ts";

/** What a claim needs besides the accident itself; the links are made by the caller. */
export interface ClaimSources {
  accident: Accident;
  content: AgreementContent;
  catalogue: Catalogue;
  /** Chinese names by insurer code */
  insurerNames: Readonly<Record<string, string>>;
  jurisdiction: { adcode: string; district: string };
  /** a link that is good for seven days after the claim was delivered */
  linkOf(sha256: string): string;
  callbackOf(insurerCode: string, ref: string): string;
  now: Date;
}

/** Claims carry at most so many photographs, the mandatory ones first: with it the body stays under 20 KB. */
const MAX_PHOTOS = 20;
const DEGREE_PERCENT: Record<Degree, number> = { full: 100, equal: 50, none: 0 };

export const claimRef = (number: string, letter: Letter): string => `${number}-${letter}`;

/** The parties whose claim goes out: signed, forwarding allowed (PIPL art. 23), insurer one of those that take claims (never "other" or "unknown"). */
export function claimants(accident: Accident, insurerCodes: readonly string[]): Letter[] {
  return LETTERS.filter((letter) => {
    const party = accident.parties[letter];
    return party?.signature?.forwarding === true && insurerCodes.includes(party.details?.insurerCode ?? "");
  });
}

/** Both liable, two cars with an insurer each, nobody hurt, nothing else hit: each insurer may pay his own car (互碰自赔) if both losses turn out ≤ 2,000 yuan. */
export function mutualSelfCompensation(content: AgreementContent): boolean {
  return LETTERS.every(
    (letter) => content.parties[letter].degree === "equal" && content.parties[letter].insurerCode !== "unknown",
  );
}

/** `claim.submitted` for one party at his own insurer (config/schemas/claim.submitted.v1.json). Times +08:00, no pictures, the licence's number masked, the phone in full: the insurer calls within minutes. */
export function buildClaim(sources: ClaimSources, letter: Letter): object {
  const { accident, content, callbackOf, jurisdiction, now } = sources;
  const ref = claimRef(accident.number, letter);
  return {
    type: "claim.submitted",
    schemaVersion: "1.0",
    timestamp: beijingTime(now),
    data: {
      claimRef: ref,
      caseNo: accident.number,
      revision: 1,
      submittedAt: beijingTime(now),
      jurisdiction,
      accident: accidentOf(sources),
      liability: {
        basis: "agreed",
        determinedAt: beijingTime(lastSignedAt(accident)),
        lawRefs: lawRefs(sources),
        shares: LETTERS.map((party) => ({
          party,
          degree: content.parties[party].degree,
          percent: DEGREE_PERCENT[content.parties[party].degree],
        })),
      },
      parties: LETTERS.map((party) => partyOf(sources, party, letter)),
      hints: { mutualSelfCompensation: mutualSelfCompensation(content) },
      evidence: evidenceOf(sources),
      consent: LETTERS.flatMap((party) => consentOf(accident.parties[party], party)),
      contact: { language: accident.parties[letter]?.language ?? "zh" },
      links: { statusCallback: callbackOf(content.parties[letter].insurerCode, ref) },
    },
  };
}

function accidentOf({ accident, content }: ClaimSources): object {
  return {
    occurredAt: beijingTime(content.occurredAt),
    reportedAt: beijingTime(accident.openedAt),
    location: { address: content.address, ...placeOf(content) },
    weather: content.weather,
    category: content.forms[0] ?? "other",
    categories: content.forms,
    injuries: false,
    propertyOther: false,
  };
}

function placeOf({ position }: AgreementContent): object {
  if (!position) return { crs: "GCJ-02" };
  const { lat, lng, crs, accuracyM } = position;
  return { lat, lng, crs, accuracyM };
}

function lawRefs({ content, catalogue }: ClaimSources): string[] {
  const acts = LETTERS.map((letter) => content.parties[letter].act).filter((act) => act !== NO_ACT);
  return [...new Set(acts.flatMap((act) => findAct(catalogue, act)?.legalBasis ?? []))];
}

/** Who did not allow forwarding is in the other's claim with his car and his part in it, but not by name, number or phone. */
function partyOf({ accident, content, insurerNames }: ClaimSources, party: Letter, claimant: Letter): object {
  const own = content.parties[party];
  const agreed = accident.parties[party]?.signature?.forwarding === true;
  return {
    label: party,
    role: party === claimant ? "insured" : "third_party",
    driver: agreed
      ? {
          name: own.name,
          idType: own.idKind,
          idNoMasked: maskNumber(own.idNumber),
          phone: own.phone,
          wechatBound: true,
        }
      : { withheld: true },
    vehicle: {
      plate: own.plate.replaceAll("·", ""),
      plateColor: PLATE_COLOURS[own.vehicleKind] ?? "other",
      plateType: own.vehicleKind,
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

function evidenceOf({ accident, linkOf }: ClaimSources): object {
  const stored = accident.photos.filter((photo) => photo.state === "stored" && photo.sha256 !== null);
  const ordered = [
    ...stored.filter(({ slot }) => isMandatory(slot)),
    ...stored.filter(({ slot }) => !isMandatory(slot)),
  ];
  const doubtful = plateDoubts(accident).map(({ photoId }) => photoId);
  const flagsOf = ({ id, findings }: Photo): string[] => [
    ...findings.map(({ code }) => snake(code)),
    ...(doubtful.includes(id) ? ["plate_differs"] : []),
  ];
  const everybodyAgreed = LETTERS.every((letter) => accident.parties[letter]?.signature?.forwarding === true);
  return {
    photos: ordered.slice(0, MAX_PHOTOS).map((photo) => photoOf(photo, { linkOf, qualityFlags: flagsOf(photo) })),
    agreement: {
      // the agreement names both drivers: without the other's consent the insured hands it in himself
      pdfUrl: everybodyAgreed && accident.documents ? linkOf(accident.documents.pdfSha256) : null,
      sha256: accident.documents?.pdfSha256 ?? null,
      signedAt: beijingTime(lastSignedAt(accident)),
      signatures: LETTERS.flatMap((party) => {
        const signature = accident.parties[party]?.signature;
        return signature
          ? [{ party, method: "draw", at: beijingTime(signature.signedAt), imageSha256: signature.imageSha256 }]
          : [];
      }),
    },
    auditHead: accident.events.at(-1)?.hash ?? "",
  };
}

const snake = (code: string): string => code.replaceAll("-", "_");

/** What the machine found stands beside the picture: the insurer judges it. Of EXIF only the time; the place stays in the evidence. */
function photoOf(
  photo: Photo,
  { linkOf, qualityFlags }: { linkOf: (sha256: string) => string; qualityFlags: string[] },
): object {
  return {
    id: photo.id,
    kind: snake(photo.slot),
    party: photo.by,
    receivedAt: beijingTime(photo.receivedAt),
    ...(photo.taken?.at && { takenAt: beijingTime(photo.taken.at) }),
    sha256: photo.sha256,
    bytes: photo.bytes,
    mime: photo.mime,
    width: photo.width,
    height: photo.height,
    ...(photo.shrunkFrom && { shrunkFrom: photo.shrunkFrom }),
    qualityFlags,
    ...(photo.dupOf && { dupOf: photo.dupOf }),
    url: linkOf(photo.sha256 as string),
  };
}

function consentOf(party: Party | null, letter: Letter): object[] {
  if (!party?.signature?.forwarding || !party.consent) return [];
  return [{ party: letter, textVersion: party.consent.textVersion, at: beijingTime(party.signature.signedAt) }];
}

function lastSignedAt(accident: Accident): Date {
  const times = LETTERS.map((letter) => accident.parties[letter]?.signature?.signedAt.getTime() ?? 0);
  return new Date(Math.max(...times));
}

/** The first three and the last four characters of an 18-digit number; of a shorter one in proportion, never more than half. */
export function maskNumber(number: string): string {
  const head = Math.min(3, Math.floor(number.length / 4));
  const tail = Math.min(4, Math.floor(number.length / 4));
  return number.slice(0, head) + "*".repeat(number.length - head - tail) + number.slice(number.length - tail);
}

/** RFC 3339 with +08:00, whole seconds: China has one zone and no summer time. */
export function beijingTime(at: Date): string {
  return `${new Date(at.getTime() + 8 * 3600_000).toISOString().slice(0, 19)}+08:00`;
}
