import { type Accident, type EndCode, type Letter, otherOf } from "./accident.ts";
import { withoutOpenDispute } from "./dispute.ts";
import { withoutSignatures } from "./party.ts";

/** Hours within which an ended case can be taken up again. */
export const RESUME_HOURS = 2;

/**
 * Ends that rest on a driver's word or on time alone. What a condition of the law ended stays so (Order 146
 * arts. 13–15).
 */
const RESUMABLE: readonly EndCode[] = ["withdrawn", "dispute", "other-left", "timed-out"];
export const isResumable = (code: EndCode): boolean => RESUMABLE.includes(code);

/** How an ended case can be taken up again, from one driver's side. */
export interface Resumption {
  until: Date;
  /** this driver's word is enough: they ended it, nobody else is in it, or the other asks for it */
  isMine: boolean;
  /** who has asked the other to go on */
  askedBy: "me" | "other" | null;
  /** this driver may agree to the end, which makes it final */
  mayAgree: boolean;
}

/**
 * Returns null where the case runs or its end is final, whatever the time: what an officer has decided on the
 * spot is not settled here any more.
 */
export function resumptionOf({ ended, parties, dispute }: Accident, letter: Letter): Resumption | null {
  if (!ended || ended.isAgreed || !isResumable(ended.code) || dispute?.spotLetter) return null;
  const other = otherOf(letter);
  const { by, resumeAskedBy = null } = ended;
  const isShared = parties[other] !== null;
  return {
    until: new Date(ended.at.getTime() + RESUME_HOURS * 3600_000),
    isMine: !isShared || by === letter || resumeAskedBy === other,
    askedBy: resumeAskedBy && (resumeAskedBy === letter ? "me" : "other"),
    mayAgree: isShared && by === other,
  };
}

/**
 * Returns the case as it was before its end; what was signed has to be read and signed again, and the police
 * to be asked again.
 */
export const resumed = (accident: Accident): Accident =>
  withoutOpenDispute(withoutSignatures({ ...accident, ended: null }));
