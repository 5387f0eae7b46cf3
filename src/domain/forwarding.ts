import type { Accident, Letter, Signature } from "./accident.ts";
import type { Receipt } from "./determination.ts";

export type Consenting = Pick<Signature | Receipt, "forwarding" | "forwardingWithdrawnAt">;

/** Whether a signature carries the consent to forward to the insurers (PIPL art. 23), not withdrawn since. */
export const forwards = <C extends Consenting>(consent: C | null | undefined): consent is C =>
  consent?.forwarding === true && !consent.forwardingWithdrawnAt;

type Asked = Pick<Accident, "parties" | "dispute">;

/** Last receipt of a determination letter by this driver; null: none, as where a message served it. */
export const receiptOf = ({ dispute }: Pick<Accident, "dispute">, letter: Letter): Receipt | null =>
  dispute?.determinations.findLast(({ receipts }) => receipts[letter])?.receipts[letter] ?? null;

/** What this driver said about it: by the last receipt once a letter was issued, else by signature. */
export const consentToForward = (accident: Asked, letter: Letter): Consenting | null =>
  accident.dispute?.determinations.length ? receiptOf(accident, letter) : (accident.parties[letter]?.signature ?? null);

/** Whether this driver allows that their data go to the insurers. */
export const allowsForwarding = (accident: Asked, letter: Letter): boolean =>
  forwards(consentToForward(accident, letter));
