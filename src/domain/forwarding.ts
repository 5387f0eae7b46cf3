import type { Accident, Letter, Signature } from "./accident.ts";

/** Whether a signature carries the consent to forward to the insurers (PIPL art. 23), not withdrawn since. */
export const forwards = (signature: Signature | null | undefined): signature is Signature =>
  signature?.forwarding === true && !signature.forwardingWithdrawnAt;

/** Whether this driver allows that their data go to the insurers. */
export const allowsForwarding = ({ parties }: Pick<Accident, "parties">, letter: Letter): boolean =>
  forwards(parties[letter]?.signature);
