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

/** What leaves the building, under the id of its outbox entry. Never removed by a clock: nothing that was to be sent is forgotten. */
export interface Delivery {
  _id: string;
  accidentId: string;
  kind: OutboxEntry["kind"];
  target: string;
  /** place in the accident's outbox; order of the queue of one accident × kind × target */
  seq: number;
  sealed: Buffer;
  /** somebody waits for it now: it passes what nobody waits for */
  urgent?: true;
  state: DeliveryState;
  /** when a worker may take it: due, or its lease has lapsed. Absent while it is blocked, held or at its end */
  dueAt?: Date;
  lockUntil?: Date;
  /** raised at each claim; every later write must name it */
  token: number;
  attempts: number;
  /** the delivery that must be at its end first */
  blockedBy?: string;
  log: DeliveryAttempt[];
  createdAt: Date;
  /** when it was said that it is late; once */
  lateSaidAt?: Date;
}

export const deliverySchema = new Schema<Delivery>(
  {
    _id: String,
    accidentId: String,
    kind: String,
    target: String,
    seq: Number,
    sealed: Buffer,
    urgent: Boolean,
    state: String,
    dueAt: Date,
    lockUntil: Date,
    token: Number,
    attempts: Number,
    blockedBy: String,
    log: [Schema.Types.Mixed],
    createdAt: Date,
    lateSaidAt: Date,
  },
  { collection: "deliveries", versionKey: false, autoIndex: false, autoCreate: false },
);
deliverySchema.index({ kind: 1, dueAt: 1 });
// Only what is due one day: what is done would make them grow for ever.
const partialFilterExpression = { dueAt: { $exists: true } };
deliverySchema.index({ kind: 1, target: 1, dueAt: 1 }, { partialFilterExpression });
deliverySchema.index({ kind: 1, urgent: 1, dueAt: 1 }, { partialFilterExpression });
deliverySchema.index({ accidentId: 1, kind: 1, target: 1, seq: 1 });
deliverySchema.index({ blockedBy: 1 }, { sparse: true });
deliverySchema.index({ state: 1, createdAt: 1 });
