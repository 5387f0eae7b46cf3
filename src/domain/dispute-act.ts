import type { EndCode, Letter } from "./accident.ts";
import type { Determination } from "./determination.ts";
import type { EvidenceRequest, Handler, ReturnReason } from "./dispute.ts";
import type { APPLICATION_ACTS, GUIDANCE_ACTS } from "./dispute-table.ts";

/** An officer or auxiliary who acts on a case. */
export type Desk = Omit<Handler, "since">;

interface Extras {
  /** `of`: account of the officer who cannot go on with it */
  "free-guidance": { of: string };
  "free-application": { of: string };
  "give-guidance": { how: "message" | "phone"; text: string; textEn?: string };
  "answer-evidence": { request: number; text: string; photoIds: string[] };
  "ask-evidence": Pick<EvidenceRequest, "to" | "what" | "text" | "until">;
  return: { reason: Exclude<ReturnReason, "not-taken">; text: string };
  "send-officer": { controlRoomNumber: string };
  "not-ours": { code: EndCode };
  determine: { determination: Determination };
}

type Rows = typeof GUIDANCE_ACTS & typeof APPLICATION_ACTS;
type ActorOf<By> = By extends "driver" ? Letter : By extends "system" ? "system" : Desk;

/** Something that a driver, an officer or the clock does in a dispute, up to the letter. */
export type DisputeAct = {
  [Name in keyof Rows]: { type: Name; by: ActorOf<Rows[Name]["by"]> } & (Name extends keyof Extras
    ? Extras[Name]
    : unknown);
}[keyof Rows];
export type ActNamed<Name extends DisputeAct["type"]> = Extract<DisputeAct, { type: Name }>;
