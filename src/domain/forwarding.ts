import type { Accident, Letter, Signature } from "./accident.ts";
import type { Receipt } from "./determination.ts";

type Consenting = Pick<Signature | Receipt, "forwarding" | "forwardingWithdrawnAt">;

/** Whether a signature carries the consent to forward to the insurers (PIPL art. 23), not withdrawn since. */
export const forwards = <C extends Consenting>(consent: C | null | undefined): consent is C =>
  consent?.forwarding === true && !consent.forwardingWithdrawnAt;

type Asked = Pick<Accident, "parties" | "dispute">;

/** Last receipt of a determination letter by this driver; null: none, as where a message served it. */
export const receiptOf = ({ dispute }: Pick<Accident, "dispute">, letter: Letter): Receipt | null =>
  dispute?.determinations.findLast(({ receipts }) => receipts[letter])?.receipts[letter] ?? null;

/** Whether this driver allows that their data go to the insurers: by signature, or by a receipt. */
export const allowsForwarding = (accident: Asked, letter: Letter): boolean =>
  accident.dispute?.determinations.length
    ? forwards(receiptOf(accident, letter))
    : forwards(accident.parties[letter]?.signature);
