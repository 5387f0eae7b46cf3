import { type Accident, type Letter, otherOf } from "./accident.ts";
import type { Determination, DeterminedDegree } from "./determination.ts";
import {
  type Application,
  acceptedSince,
  type Guidance,
  guidanceText,
  type Handler,
  isDisagreement,
  lastApplication,
  lastGuidance,
  letterOf,
  openRequests,
} from "./dispute.ts";
import type { Step } from "./journey.ts";
import type { Catalogue } from "./liability.ts";

/** Who has the case, as drivers are told: the office and the district, never who it is. */
export type Office = Pick<Handler, "role" | "district" | "since">;

/** The part of a dispute that one driver may see. */
export interface ViewedDispute {
  guidance: (Pick<Guidance, "state" | "askedAt" | "lateAt"> & { by: Who; office: Office | null }) | null;
  /** what was said in guidance, each time, the earliest first */
  given: NonNullable<Guidance["given"]>[];
  application:
    | (Pick<Application, "state" | "proposedAt" | "appliedAt" | "returned" | "lateAt"> & {
        by: Who;
        office: Office | null;
        /** since when the days for the letter run; null: no officer has taken it yet */
        acceptedAt: Date | null;
        /** what this driver was asked for */
        requests: Application["requests"];
        openRequests: Application["requests"];
        /** the other driver was asked for something and has not answered */
        waitsForOther: boolean;
      })
    | null;
  /** both have stated, and not alike: a joint application may be proposed */
  mayApply: boolean;
  letter: (Omit<Determination, "by" | "served" | "receipts"> & { mine: ViewedService }) | null;
  /** the letter that an officer wrote on the spot, with what this driver bears by it */
  spotLetter: { number: string; degree: DeterminedDegree } | null;
  /** letters that a supervisor has withdrawn */
  withdrawn: { number: string; at: Date; reason: string }[];
}

interface ViewedService {
  served: Determination["served"]["A"];
  receipt: Determination["receipts"]["A"];
}

type Who = "me" | "other";

export function viewedDispute(accident: Accident, letter: Letter, catalogue: Catalogue): ViewedDispute | null {
  const { dispute } = accident;
  const mayApply = isDisagreement(accident, catalogue);
  const language = accident.parties[letter]?.language ?? "zh";
  if (!dispute) return mayApply ? { ...NOTHING, mayApply } : null;
  return {
    guidance: viewedGuidance(lastGuidance(accident), letter),
    given: dispute.guidance.flatMap(({ given }) =>
      given ? [{ at: given.at, how: given.how, text: guidanceText(given, language) }] : [],
    ),
    application: viewedApplication(accident, letter),
    mayApply,
    letter: viewedLetter(accident, letter),
    spotLetter: dispute.spotLetter && { number: dispute.spotLetter.number, degree: dispute.spotLetter.degrees[letter] },
    withdrawn: dispute.determinations.flatMap(({ number, withdrawn }) =>
      withdrawn ? [{ number, at: withdrawn.at, reason: withdrawn.reason }] : [],
    ),
  };
}

const NOTHING = { guidance: null, given: [], application: null, letter: null, spotLetter: null, withdrawn: [] };

const whoOf = (by: Letter, letter: Letter): Who => (by === letter ? "me" : "other");

const officeOf = (handler: Handler | null): Office | null =>
  handler && { role: handler.role, district: handler.district, since: handler.since };

function viewedGuidance(guidance: Guidance | null, letter: Letter): ViewedDispute["guidance"] {
  if (!guidance) return null;
  const { state, askedBy, askedAt, lateAt, handler } = guidance;
  return { state, askedAt, lateAt, by: whoOf(askedBy, letter), office: officeOf(handler) };
}

function viewedApplication(accident: Accident, letter: Letter): ViewedDispute["application"] {
  const application = lastApplication(accident);
  if (!application) return null;
  const { state, proposedBy, proposedAt, appliedAt, returned, lateAt, handler, requests } = application;
  return {
    ...{ state, proposedAt, appliedAt, returned, lateAt },
    by: whoOf(proposedBy, letter),
    office: officeOf(handler),
    acceptedAt: acceptedSince(application),
    requests: requests.filter(({ to }) => to === letter),
    openRequests: openRequests(accident, letter),
    waitsForOther: openRequests(accident, otherOf(letter)).length > 0,
  };
}

function viewedLetter(accident: Accident, letter: Letter): ViewedDispute["letter"] {
  const standing = letterOf(accident);
  if (!standing) return null;
  const { by: _by, served, receipts, ...seen } = standing;
  return { ...seen, mine: { served: served[letter], receipt: receipts[letter] } };
}

/** What is said of where a driver stands: the step, told apart where the letter was answered already. */
export function saidStep({ step, dispute }: { step: Step; dispute: ViewedDispute | null }): Step | "letter-answered" {
  return step === "letter" && dispute?.letter?.mine.receipt ? "letter-answered" : step;
}
