import type { Accident, Letter, NewEvent, Party } from "./accident.ts";
import { isOver } from "./party.ts";

/**
 * Version of the privacy notice (templates/h5/privacy.njk) that consents refer to. Raised with its text: an
 * older consent is asked for again at the next visit.
 */
export const NOTICE_VERSION = "2026-12-02";

/**
 * What a person agrees to, each by a tick of its own: the notice, sensitive data (PIPL art. 29), the
 * photograph of a licence, data kept for the next case, signing electronically (E-signature Law art. 3, 13),
 * forwarding to the insurers (PIPL art. 23).
 */
export const CONSENTS = ["notice", "sensitive", "licence", "remember", "electronic", "forwarding"] as const;
export type ConsentTo = (typeof CONSENTS)[number];

/** What is asked for before the first datum. */
export const BEFORE_THE_FIRST_DATUM: readonly ConsentTo[] = ["notice", "sensitive"];

/** Records consents, one event for each tick. */
export const consentEvents = (by: Letter, to: readonly ConsentTo[], textVersion: string): NewEvent[] =>
  to.map((one) => ({ type: "consent-given", by, data: { to: one, textVersion } }));

/** Records consents that were taken back. */
export const withdrawalEvents = (by: Letter, to: readonly ConsentTo[], textVersion: string): NewEvent[] =>
  to.map((one) => ({ type: "consent-withdrawn", by, data: { to: one, textVersion } }));

/** True when the record has this driver's consent, not taken back since. */
export function hasConsented({ events }: Pick<Accident, "events">, by: Letter, to: ConsentTo): boolean {
  const last = events.findLast((event) => event.by === by && event.data.to === to && event.type.startsWith("consent-"));
  return last?.type === "consent-given";
}

/** True for a driver of a running case who has agreed to an older notice only. */
export const mustConsentAgain = (accident: Accident, { consent }: Pick<Party, "consent">): boolean =>
  !isOver(accident) && consent !== null && consent.textVersion !== NOTICE_VERSION;
