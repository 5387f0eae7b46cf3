import type { ApplicationState, GuidanceState } from "./dispute.ts";
import type { EventType } from "./event-types.ts";
import type { Right } from "./officer.ts";

/** Who may do it: a driver, the clock, or an officer with this right. */
type Actor = "driver" | "system" | Right;

interface Row<State> {
  by: Actor;
  /** states in which it may be done */
  from: readonly (State | "none")[];
  /** … and what follows; "same": the state stays, or follows from what is still to be answered */
  to: State | "same";
  event: EventType;
  /** only by the officer who has it in hand */
  isHandlers?: true;
}

const CLOSED_GUIDANCE = ["none", "given", "withdrawn", "settled", "over"] as const;
const CLOSED_APPLICATION = ["none", "refused", "lapsed", "withdrawn", "returned", "settled", "over"] as const;
const IN_HAND = ["in-hand", "evidence-asked"] as const;
const WITH_POLICE = ["applied", ...IN_HAND] as const;

/** Everything that can happen to a request for guidance. */
export const GUIDANCE_ACTS = {
  "ask-guidance": { by: "driver", from: CLOSED_GUIDANCE, to: "asked", event: "guidance-asked" },
  "withdraw-guidance": { by: "driver", from: ["asked", "taken"], to: "withdrawn", event: "guidance-withdrawn" },
  "note-guidance-late": { by: "system", from: ["asked"], to: "same", event: "guidance-late" },
  "take-guidance": { by: "guide", from: ["asked"], to: "taken", event: "guidance-taken" },
  "release-guidance": { by: "guide", from: ["taken"], to: "asked", event: "guidance-released", isHandlers: true },
  "reassign-guidance": { by: "reassign", from: ["taken"], to: "asked", event: "guidance-released" },
  "release-late-guidance": { by: "system", from: ["taken"], to: "asked", event: "guidance-released" },
  "free-guidance": { by: "system", from: ["taken"], to: "asked", event: "guidance-released" },
  "give-guidance": { by: "guide", from: ["taken"], to: "given", event: "guidance-given", isHandlers: true },
  "settle-guidance": { by: "system", from: ["asked", "taken"], to: "settled", event: "guidance-settled" },
} as const satisfies Record<string, Row<GuidanceState>>;

/** Everything that can happen to a joint application, up to the letter. */
export const APPLICATION_ACTS = {
  propose: { by: "driver", from: CLOSED_APPLICATION, to: "proposed", event: "application-proposed" },
  agree: { by: "driver", from: ["proposed"], to: "applied", event: "application-agreed" },
  refuse: { by: "driver", from: ["proposed"], to: "refused", event: "application-refused" },
  "lapse-proposal": { by: "system", from: ["proposed"], to: "lapsed", event: "application-lapsed" },
  "withdraw-application": {
    by: "driver",
    from: ["proposed", ...WITH_POLICE],
    to: "withdrawn",
    event: "application-withdrawn",
  },
  "note-application-late": { by: "system", from: ["applied"], to: "same", event: "application-late" },
  "take-application": { by: "determine", from: ["applied"], to: "in-hand", event: "application-taken" },
  "release-application": {
    by: "determine",
    from: IN_HAND,
    to: "applied",
    event: "application-released",
    isHandlers: true,
  },
  "reassign-application": { by: "reassign", from: IN_HAND, to: "applied", event: "application-released" },
  "note-overdue": { by: "system", from: WITH_POLICE, to: "same", event: "letter-overdue" },
  "release-late-application": { by: "system", from: IN_HAND, to: "applied", event: "application-released" },
  "free-application": { by: "system", from: IN_HAND, to: "applied", event: "application-released" },
  "ask-evidence": { by: "determine", from: IN_HAND, to: "evidence-asked", event: "evidence-asked", isHandlers: true },
  "answer-evidence": { by: "driver", from: WITH_POLICE, to: "same", event: "evidence-given" },
  "lapse-evidence": { by: "system", from: WITH_POLICE, to: "same", event: "evidence-lapsed" },
  return: { by: "determine", from: IN_HAND, to: "returned", event: "application-returned", isHandlers: true },
  "return-untaken": { by: "system", from: ["applied"], to: "returned", event: "application-returned" },
  "send-officer": { by: "determine", from: IN_HAND, to: "over", event: "officer-sent", isHandlers: true },
  "not-ours": { by: "determine", from: IN_HAND, to: "over", event: "case-refused", isHandlers: true },
  "settle-application": {
    by: "system",
    from: ["proposed", ...WITH_POLICE],
    to: "settled",
    event: "application-settled",
  },
  determine: { by: "determine", from: IN_HAND, to: "determined", event: "letter-issued", isHandlers: true },
} as const satisfies Record<string, Row<ApplicationState>>;

/** What can happen to a letter that was issued. */
export const LETTER_ACTS = {
  open: { by: "driver", event: "letter-opened" },
  receive: { by: "driver", event: "letter-received" },
  "refuse-receipt": { by: "driver", event: "letter-refused" },
  remind: { by: "system", event: "letter-reminded" },
  "note-service-late": { by: "system", event: "letter-unserved" },
  "confirm-service": { by: "determine", event: "letter-served" },
  "note-review": { by: "determine", event: "review-filed" },
  replace: { by: "replace-letter", event: "letter-replaced" },
} as const satisfies Record<string, { by: Actor; event: EventType }>;
