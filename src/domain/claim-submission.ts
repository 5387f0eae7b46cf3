import { type Accident, type Claim, LETTERS, type Letter, type NewEvent, type OutboxEntry } from "./accident.ts";
import { buildClaim, claimants, claimRef } from "./claim.ts";
import { type ClaimContent, claimContentOf } from "./claim-content.ts";
import { roleOf } from "./claim-message.ts";
import { callInsurer, conclusionNotice } from "./claim-notice.ts";
import { isAnswered } from "./determination.ts";
import { letterOf } from "./dispute.ts";
import { type District, findDistrict } from "./district.ts";
import type { Catalogue } from "./liability.ts";

interface Insurer {
  code: string;
  zh: string;
  en: string;
  hotline: string;
  url: string | null;
  secrets: readonly string[];
}

/** What claims need besides the accident: rules, insurers, place, links. */
export interface Wiring {
  config: {
    rules: { catalogue: Catalogue; districts: readonly District[] };
    insurers: readonly Insurer[];
    city: { adcode: string; zh: string };
    publicUrl: string;
  };
  clock: { now(): Date };
  insurers: { evidence: { url(accidentId: string, sha256: string): string } };
}

export interface SubmittedClaims {
  claims: Claim[];
  events: NewEvent[];
  outbox: OutboxEntry[];
}

/**
 * Makes one claim for each party that allowed it, for the outbox, and for each driver a notice of what comes
 * next. A second time it adds nothing.
 */
export function claimsToSubmit(ctx: Wiring, accident: Accident): SubmittedClaims {
  const { catalogue } = ctx.config.rules;
  const content = claimContentOf(accident, catalogue);
  if (!accident.concludedAt || accident.claims.length > 0) return { claims: accident.claims, events: [], outbox: [] };
  // The rules were changed after the signatures and do not cover what was agreed: no claim can be written,
  // the drivers call.
  if (!content) {
    return { claims: [], events: [], outbox: LETTERS.map((letter) => callInsurer(ctx, accident, letter)) };
  }
  const claims = claimants(accident, claimTakers(ctx)).map((letter) => newClaim(accident, letter, ctx.clock.now()));
  const after = { ...accident, claims };
  const { events, outbox } = messagesOf(ctx, after, { content, claims });
  const told = LETTERS.map((letter) => conclusionNotice(ctx, after, content, letter));
  return { claims, events, outbox: [...outbox, ...told] };
}

/** Writes these claims of a case, with an event for each. */
function messagesOf(
  ctx: Wiring,
  accident: Accident,
  { content, claims }: { content: ClaimContent; claims: readonly Claim[] },
): Pick<SubmittedClaims, "events" | "outbox"> {
  const { catalogue } = ctx.config.rules;
  const sources = { ...placesOf(ctx, accident), accident, content, catalogue, now: ctx.clock.now() };
  const outbox = claims.map(({ party, insurerCode }): OutboxEntry => {
    return { kind: "claim", target: insurerCode, body: JSON.stringify(buildClaim(sources, party)) };
  });
  const events = claims.map(({ ref, party, insurerCode, revision = 1 }): NewEvent => {
    const role = roleOf(content.parties[party].degree);
    const data = { ref, party, insurer: insurerCode, role, ...(revision > 1 && { revision }) };
    return { type: "claim-submitted", by: "system", data };
  });
  return { events, outbox };
}

/**
 * What goes to the insurers after an act on a determination letter. Once each party has answered the letter,
 * a claim for each that allowed it at its receipt; another letter in its place, or a review that was noted,
 * sends a revision of those that have gone.
 */
export function claimsAfterLetter(ctx: Wiring, before: Accident, accident: Accident): SubmittedClaims {
  const nothing = { claims: accident.claims, events: [], outbox: [] };
  const [was, letter] = [letterOf(before), letterOf(accident)];
  const content = claimContentOf(accident, ctx.config.rules.catalogue);
  if (!letter || !was || !content) return nothing;
  const at = ctx.clock.now();
  const isRevised = letter.number !== was.number || letter.reviews.length !== was.reviews.length;
  const revised = accident.claims.map((claim) => (isRevised && !claim.stoppedAt ? nextRevision(claim, at) : claim));
  const isReady = isAnswered(letter);
  const missing = isReady
    ? claimants(accident, claimTakers(ctx)).filter((one) => !accident.claims.some(({ party }) => party === one))
    : [];
  const fresh = missing.map((one) => newClaim(accident, one, at));
  const changed = [...revised.filter((claim) => !accident.claims.includes(claim)), ...fresh];
  const claims = [...revised, ...fresh];
  const after = { ...accident, claims };
  const { events, outbox } = messagesOf(ctx, after, { content, claims: changed });
  const isNews = isReady && !isAnswered(was);
  const told = isNews ? LETTERS.map((one) => conclusionNotice(ctx, after, content, one)) : [];
  return { claims: changed.length > 0 ? claims : accident.claims, events, outbox: [...outbox, ...told] };
}

const nextRevision = (claim: Claim, at: Date): Claim => ({
  ...claim,
  revision: (claim.revision ?? 1) + 1,
  replacedAt: claim.revisedAt ?? claim.submittedAt ?? claim.statusAt,
  revisedAt: at,
});

const claimTakers = ({ config }: Wiring): string[] =>
  config.insurers.filter(({ url, secrets }) => url !== null && secrets.length > 0).map(({ code }) => code);

/** Collects names, place and links for the builder. */
function placesOf({ config, insurers }: Wiring, accident: Accident) {
  return {
    insurerNames: Object.fromEntries(config.insurers.map(({ code, zh }) => [code, zh])),
    jurisdiction: { adcode: config.city.adcode, district: districtOf(accident, config) },
    linkOf: (sha256: string) => insurers.evidence.url(accident.id, sha256),
    callbackOf: (code: string, ref: string) => `${config.publicUrl}/api/insurers/${code}/claims/${ref}/status`,
  };
}

/** The district whose officers have the case, by name; the city's name where it is not known. */
const districtOf = ({ district }: Accident, { rules, city }: Wiring["config"]): string =>
  findDistrict(rules.districts, district)?.zh ?? city.zh;

function newClaim(accident: Accident, party: Letter, at: Date): Claim {
  return {
    ref: claimRef(accident.number, party),
    party,
    insurerCode: accident.parties[party]?.details?.insurerCode as string,
    status: "submitted",
    statusAt: at,
    submittedAt: at,
    insurerClaimNo: null,
    assessedFen: null,
    paidFen: null,
    reason: null,
    sequence: 0,
    seenIds: [],
  };
}
