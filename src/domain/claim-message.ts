import type { Degree, ImpactPoint, Language, Letter, Weather } from "./accident.ts";
import type { CarOwner, CarUse } from "./car.ts";
import type { IdKind } from "./id-kind.ts";

/**
 * Whether this insurer is expected to act on the message, or is only told because its customer was in the
 * accident.
 */
export const CLAIM_ROLES = ["leading", "information"] as const;
export type ClaimRole = (typeof CLAIM_ROLES)[number];

/** What the shares rest on: both drivers' agreement, an officer's letter, or what one or both say. */
export const LIABILITY_BASES = ["agreed", "police_determined", "stated"] as const;
export type LiabilityBasis = (typeof LIABILITY_BASES)[number];

/** Drivers settle full, equal and none among themselves; primary and secondary are an officer's. */
export const CLAIM_DEGREES = ["full", "primary", "equal", "secondary", "none"] as const;
export type ClaimDegree = (typeof CLAIM_DEGREES)[number];

export const CLAIM_WEATHERS = ["sunny", "overcast", "rain", "snow", "fog", "other"] as const;
export type ClaimWeather = Weather | (typeof CLAIM_WEATHERS)[number];

/**
 * `claim.submitted` 2.0, as config/schemas/claim.submitted.v2.json publishes it: the one form in which a
 * claim is made and kept. What an insurer at version 1 gets is derived from it (claim-version-1.ts). Times
 * are RFC 3339 with +08:00.
 */
export interface ClaimMessage {
  type: "claim.submitted";
  schemaVersion: "2.0";
  timestamp: string;
  data: ClaimData;
}

export interface ClaimData {
  claimRef: string;
  caseNo: string;
  role: ClaimRole;
  /** 1, then one more for each correction of the same claim */
  revision: number;
  /** the message that this one takes the place of; null: the first */
  replaces: { revision: number; submittedAt: string; reason: "correction" | "determination" } | null;
  submittedAt: string;
  jurisdiction: { adcode: string; district: string };
  accident: ClaimAccident;
  liability: {
    basis: LiabilityBasis;
    determinedAt: string;
    lawRefs: string[];
    /** `custom`: the percentage follows the city's practice, not the law */
    shares: { party: Letter; degree: ClaimDegree; percent: number; custom: boolean }[];
    /** the officer's letter; absent where none was issued */
    letter?: {
      number: string;
      authority: string;
      authorityCode: string;
      issuedAt: string;
      /** null: a driver whom it names does not allow forwarding; the insured hands it in */
      pdfUrl: string | null;
      sha256: string;
      /** parties that have asked for a review, as an officer noted */
      reviews: { party: Letter; at: string }[];
    };
  };
  /** one or two */
  parties: ClaimParty[];
  hints: { mutualSelfCompensation: boolean };
  evidence: ClaimEvidence;
  consent: { party: Letter; textVersion: string; at: string }[];
  contact: { language: Language };
  links: { statusCallback: string };
}

export interface ClaimAccident {
  occurredAt: string;
  reportedAt: string;
  location: { address: string; lat?: number; lng?: number; crs: "GCJ-02" | "WGS-84"; accuracyM?: number | null };
  weather: ClaimWeather;
  category: string;
  categories: string[];
  injuries: boolean;
  propertyOther: boolean;
}

export interface ClaimParty {
  label: Letter;
  /** as the receiving insurer sees it */
  role: "insured" | "third_party";
  driver:
    | { name: string; idType: IdKind; idNoMasked: string; phone: string; wechatBound: boolean }
    | { withheld: true };
  vehicle: { plate: string; plateColor: string; plateType: string; owner: CarOwner; use: CarUse };
  insurance: { insurerCode: string; insurerName: string | null; compulsory: { policyNo: string | null } };
  act: string;
  statement: string;
  damage: { parts: ImpactPoint[] };
}

export interface ClaimEvidence {
  photos: ClaimPhoto[];
  /** null: the drivers signed none */
  agreement: {
    pdfUrl: string | null;
    sha256: string | null;
    signedAt: string;
    signatures: { party: Letter; method: "draw"; at: string; imageSha256: string }[];
  } | null;
  auditHead: string;
}

export interface ClaimPhoto {
  id: string;
  kind: string;
  party: Letter;
  receivedAt: string;
  takenAt?: string;
  sha256: string;
  bytes: number;
  mime: string;
  width: number;
  height: number;
  shrunkFrom?: { width: number; height: number; bytes: number };
  qualityFlags: string[];
  dupOf?: string;
  url: string;
}

/**
 * The role that follows from what the insurer's own customer bears: where nothing, the other's insurer pays.
 */
export const roleOf = (degree: ClaimDegree | Degree): ClaimRole => (degree === "none" ? "information" : "leading");

/** RFC 3339 with +08:00, whole seconds: China has one zone and no summer time. */
export function beijingTime(at: Date): string {
  return `${new Date(at.getTime() + 8 * 3600_000).toISOString().slice(0, 19)}+08:00`;
}
