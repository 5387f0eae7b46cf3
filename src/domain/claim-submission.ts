import { type Accident, type Claim, LETTERS, type Letter, type NewEvent, type OutboxEntry } from "./accident.ts";
import { buildClaim, claimants, claimRef } from "./claim.ts";
import { adviceFor } from "./claim-advice.ts";
import { type ClaimContent, claimContentOf } from "./claim-content.ts";
import { roleOf } from "./claim-message.ts";
import { callInsurer, conclusionNotice } from "./claim-notice.ts";
import { stopClaims } from "./claim-stop.ts";
import { isAnswered } from "./determination.ts";
import { letterOf } from "./dispute.ts";
import { type District, findDistrict } from "./district.ts";
import { allowsForwarding } from "./forwarding.ts";
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
 * sends a revision of those that have gone and are still allowed; whoever allows it no longer stops the own.
 * A claim that was stopped begins anew where its driver allows it at a later letter: no insurer has had it.
 */
export function claimsAfterLetter(ctx: Wiring, before: Accident, accident: Accident): SubmittedClaims {
  const [was, letter] = [letterOf(before), letterOf(accident)];
  const content = claimContentOf(accident, ctx.config.rules.catalogue);
  if (!letter || !was || !content) return { claims: accident.claims, events: [], outbox: [] };
  const at = ctx.clock.now();
  const stopped = withoutWithdrawn(before, accident, at);
  const isRevised = letter.number !== was.number || letter.reviews.length !== was.reviews.length;
  const goesOn = ({ stoppedAt, party }: Claim) => isRevised && !stoppedAt && allowsForwarding(accident, party);
  const revised = stopped.claims.map((claim) => (goesOn(claim) ? nextRevision(claim, at) : claim));
  const isReady = isAnswered(letter);
  const missing = isReady ? claimants(accident, claimTakers(ctx)).filter((one) => !hasGone(accident, one)) : [];
  const fresh = missing.map((one) => newClaim(accident, one, at));
  const changed = [...revised.filter((claim) => !stopped.claims.includes(claim)), ...fresh];
  const after = { ...accident, claims: [...revised.filter(({ party }) => !missing.includes(party)), ...fresh] };
  const { events, outbox } = messagesOf(ctx, after, { content, claims: changed });
  const isNews = isReady && !isAnswered(was);
  const isReported = (one: Accident, to: Letter) => adviceFor(one, content, to).isReported;
  const isOther = stopped.events.length > 0 || fresh.length > 0;
  const isTold = (to: Letter) => isNews || (isOther && isReported(before, to) !== isReported(after, to));
  const told = LETTERS.filter(isTold).map((to) => conclusionNotice(ctx, after, content, to));
  return { claims: after.claims, events: [...stopped.events, ...events], outbox: [...outbox, ...told] };
}

/** True where this driver's claim is on its way, or at its insurer. */
const hasGone = ({ claims }: Accident, letter: Letter): boolean =>
  claims.some(({ party, stoppedAt }) => party === letter && !stoppedAt);

/** The claims after those were stopped whose driver allowed it before this act and does not now. */
function withoutWithdrawn(before: Accident, accident: Accident, at: Date): Pick<SubmittedClaims, "claims" | "events"> {
  const letter = LETTERS.find((one) => allowsForwarding(before, one) && !allowsForwarding(accident, one));
  return letter ? stopClaims(accident, letter, at) : { claims: accident.claims, events: [] };
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
