import { type Accident, type Claim, LETTERS, type Letter, type NewEvent, type OutboxEntry } from "./accident.ts";
import { agreementOf } from "./agreement.ts";
import { buildClaim, claimants, claimRef } from "./claim.ts";
import { roleOf } from "./claim-message.ts";
import { callInsurer, conclusionNotice } from "./claim-notice.ts";
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
interface Wiring {
  config: {
    rules: { catalogue: Catalogue };
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
  const content = agreementOf(accident, catalogue);
  if (!accident.concludedAt || accident.claims.length > 0) return { claims: accident.claims, events: [], outbox: [] };
  // The rules were changed after the signatures and do not cover what was agreed: no claim can be written,
  // the drivers call.
  if (!content) {
    return { claims: [], events: [], outbox: LETTERS.map((letter) => callInsurer(ctx, accident, letter)) };
  }
  const now = ctx.clock.now();
  const letters = claimants(accident, claimTakers(ctx));
  const claims = letters.map((letter) => newClaim(accident, letter, now));
  const sources = {
    ...placesOf(ctx, accident),
    accident: { ...accident, claims },
    content,
    catalogue,
    now,
  };
  const posts = claims.map(({ party, insurerCode }): OutboxEntry => {
    return { kind: "claim", target: insurerCode, body: JSON.stringify(buildClaim(sources, party)) };
  });
  const events = claims.map(({ ref, party, insurerCode }): NewEvent => {
    const role = roleOf(content.parties[party].degree);
    return { type: "claim-submitted", by: "system", data: { ref, party, insurer: insurerCode, role } };
  });
  const told = LETTERS.map((letter) => conclusionNotice(ctx, sources.accident, content, letter));
  return { claims, events, outbox: [...posts, ...told] };
}

const claimTakers = ({ config }: Wiring): string[] =>
  config.insurers.filter(({ url, secrets }) => url !== null && secrets.length > 0).map(({ code }) => code);

/** Collects names, place and links for the builder. */
function placesOf({ config, insurers }: Wiring, accident: Accident) {
  return {
    insurerNames: Object.fromEntries(config.insurers.map(({ code, zh }) => [code, zh])),
    jurisdiction: { adcode: config.city.adcode, district: config.city.zh },
    linkOf: (sha256: string) => insurers.evidence.url(accident.id, sha256),
    callbackOf: (code: string, ref: string) => `${config.publicUrl}/api/insurers/${code}/claims/${ref}/status`,
  };
}

function newClaim(accident: Accident, party: Letter, at: Date): Claim {
  return {
    ref: claimRef(accident.number, party),
    party,
    insurerCode: accident.parties[party]?.details?.insurerCode as string,
    status: "submitted",
    statusAt: at,
    insurerClaimNo: null,
    assessedFen: null,
    paidFen: null,
    reason: null,
    sequence: 0,
    seenIds: [],
  };
}
