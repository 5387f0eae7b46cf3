import { Schema } from "mongoose";
import type { OutboxEntry } from "../domain/accident.ts";

export type DeliveryState = "pending" | "inflight" | "done" | "dead" | "held";

/** One attempt as the operator sees it; codes and a redacted head of the answer, nothing personal. */
export interface DeliveryAttempt {
  n: number;
  at: Date;
  ms: number;
  code: string;
  head: string;
}

/**
 * What leaves the building, under the id of its outbox entry. Living in `deliveries`, done in
 * `deliveries_done` for 30 days.
 */
export interface Delivery {
  _id: string;
  accidentId: string;
  kind: OutboxEntry["kind"];
  target: string;
  /** Place in the accident's outbox: the order within one accident, kind and target. */
  seq: number;
  sealed: Buffer;
  /** Somebody waits for it now: it is taken before what nobody waits for. */
  urgent?: true;
  /** of notices: what it is about; later ones of the group take the place of those that wait */
  group?: string;
  /** It waits only because one of its group was sent a moment ago: nothing else waits behind it. */
  deferred?: true;
  /** the delivery that took its place: nothing was sent */
  mergedInto?: string;
  state: DeliveryState;
  /**
   * When a worker may take it: due, or its lease has lapsed. Absent while it is blocked, held or at its end.
   */
  dueAt?: Date;
  lockUntil?: Date;
  /** Fencing token: raised at each claim; every later write must name it. */
  token: number;
  attempts: number;
  /** the delivery that must be at its end first */
  blockedBy?: string;
  log: DeliveryAttempt[];
  createdAt: Date;
  /** when it was said that it is late; once */
  lateSaidAt?: Date;
  doneAt?: Date;
}

/** A delivery is named after its accident: so a filter by its id can carry the accident's, too. */
export const named = (id: string) => ({ _id: id, accidentId: id.slice(0, Math.max(0, id.lastIndexOf("-"))) });

export const deliverySchema = new Schema<Delivery>(
  {
    _id: String,
    accidentId: String,
    kind: String,
    target: String,
    seq: Number,
    sealed: Buffer,
    urgent: Boolean,
    group: String,
    deferred: Boolean,
    mergedInto: String,
    state: String,
    dueAt: Date,
    lockUntil: Date,
    token: Number,
    attempts: Number,
    blockedBy: String,
    log: [Schema.Types.Mixed],
    createdAt: Date,
    lateSaidAt: Date,
    doneAt: Date,
  },
  { collection: "deliveries", versionKey: false, autoIndex: false, autoCreate: false },
);
deliverySchema.index({ kind: 1, dueAt: 1 });
// Only what is due one day: what is done would make them grow for ever.
const partialFilterExpression = { dueAt: { $exists: true } };
deliverySchema.index({ dueAt: 1 }, { partialFilterExpression });
deliverySchema.index({ kind: 1, target: 1, dueAt: 1 }, { partialFilterExpression });
deliverySchema.index({ kind: 1, urgent: 1, dueAt: 1 }, { partialFilterExpression });
deliverySchema.index({ accidentId: 1, kind: 1, target: 1, seq: 1 });
deliverySchema.index({ blockedBy: 1 }, { sparse: true });
deliverySchema.index({ state: 1, createdAt: 1 });
