import { type ClaimData, type ClaimMessage, type ClaimParty, type ClaimWeather, roleOf } from "./claim-message.ts";

/** What an insurer reads (`schemaVersion` of its settings). */
export type ClaimVersion = 1 | 2;

/** The bytes to post, or the names of what the insurer's version has no words for. */
export type Wire = { body: string } | { unsayable: string[] };

/** What 1.0 cannot say, by the name that the operator reads. */
const UNSAYABLE: Record<string, (data: ClaimData) => boolean> = {
  // 1.0 has no role: it follows from what the insured bears
  role: ({ role, parties, liability }) =>
    parties.some(({ label, role: seenAs }) => {
      const share = liability.shares.find(({ party }) => party === label);
      return seenAs === "insured" && share !== undefined && roleOf(share.degree) !== role;
    }),
  basis: ({ liability }) => liability.basis === "stated",
  parties: ({ parties, liability }) => parties.length !== 2 || liability.shares.length !== 2,
  replaces: ({ revision, replaces }) => revision > 1 || replaces !== null,
  // what an officer determined rests on a letter, which the insured hands in
  agreement: ({ evidence, liability }) => evidence.agreement === null && liability.basis === "agreed",
  injuries: ({ accident }) => accident.injuries,
  propertyOther: ({ accident }) => accident.propertyOther,
};

/**
 * Returns the exact bytes for an insurer that reads `version`. A claim that was put into the outbox as 1.0
 * goes as it is.
 */
export function wireOf(body: string, version: ClaimVersion): Wire {
  const message = JSON.parse(body) as ClaimMessage | { schemaVersion: "1.0" };
  if (version === 2 || message.schemaVersion === "1.0") return { body };
  const { claim, unsayable } = inVersion1(message);
  return claim ? { body: JSON.stringify(claim) } : { unsayable };
}

/**
 * Says a claim in `claim.submitted` 1.0 (config/schemas/claim.submitted.v1.json), or names what cannot be
 * said in it.
 */
export function inVersion1({ type, timestamp, data }: ClaimMessage): { claim: object | null; unsayable: string[] } {
  const unsayable = Object.entries(UNSAYABLE).flatMap(([name, isTrue]) => (isTrue(data) ? [name] : []));
  if (unsayable.length > 0) return { claim: null, unsayable };
  return { claim: { type, schemaVersion: "1.0", timestamp, data: dataOf(data) }, unsayable };
}

function dataOf(data: ClaimData): object {
  const { claimRef, caseNo, revision, submittedAt, jurisdiction, accident, liability, parties } = data;
  const { hints, evidence, consent, contact, links } = data;
  const { basis, determinedAt, lawRefs } = liability;
  const paper = { pdfUrl: null, sha256: null, signedAt: determinedAt, signatures: [] };
  const shares = liability.shares.map(({ party, degree, percent }) => ({ party, degree, percent }));
  return {
    claimRef,
    caseNo,
    revision,
    submittedAt,
    jurisdiction,
    accident: { ...accident, weather: weatherOf(accident.weather) },
    liability: { basis, determinedAt, lawRefs, shares },
    parties: parties.map(partyOf),
    hints,
    evidence: { ...evidence, agreement: evidence.agreement ?? paper },
    consent,
    contact,
    links,
  };
}

/** 1.0 knows neither fog nor other. */
const weatherOf = (weather: ClaimWeather): ClaimWeather =>
  weather === "fog" || weather === "other" ? "overcast" : weather;

function partyOf({ vehicle, ...party }: ClaimParty): object {
  const { plate, plateColor, plateType } = vehicle;
  const { label, role, driver, insurance, act, statement, damage } = party;
  return {
    label,
    role,
    driver: driverOf(driver),
    vehicle: { plate, plateColor, plateType },
    insurance,
    act,
    statement,
    damage,
  };
}

const ID_KINDS_OF_1: readonly string[] = ["licence", "id-card", "passport"];

/** Version 1.0 names every other document a passport. */
const driverOf = (driver: ClaimParty["driver"]): ClaimParty["driver"] =>
  "idType" in driver && !ID_KINDS_OF_1.includes(driver.idType) ? { ...driver, idType: "passport" } : driver;
