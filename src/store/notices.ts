import { type Connection, Schema } from "mongoose";
import { named } from "./delivery-document.ts";
import { isDuplicate, unlessThere } from "./duplicate.ts";

/**
 * What became of one notice to one person: which channel took it, and what the platform said of it
 * afterwards.
 */
export interface NoticeRecord {
  /** the delivery's id: one notice of one accident to one person */
  _id: string;
  accidentId: string;
  code: string;
  /** An attempt has begun; while no channel stands beside it, nobody knows whether it was heard. */
  saying: boolean;
  channel?: string;
  at: Date;
  /** what the platform reported, one for each message of its own that was sent */
  results?: (Outcome & { at: Date })[];
}

export interface Outcome {
  msgId: string;
  ok: boolean;
  status: string;
}

/**
 * Both sides of one message of the platform: our send names the notice, its later report names the outcome.
 * Either may be the first to arrive.
 */
export interface PlatformReport {
  _id: string;
  noticeId?: string;
  ok?: boolean;
  status?: string;
}

export interface Notices {
  /** Begins an attempt, and answers what was known before it: null for a new notice. */
  begin(notice: { id: string; accidentId: string; code: string }): Promise<NoticeRecord | null>;
  /** Nothing was said: the next attempt begins afresh. */
  giveUp(id: string): Promise<void>;
  finish(id: string, channel: string): Promise<void>;
  find(id: string): Promise<NoticeRecord | null>;
  /** Adds one side to what is known of a message of the platform, and answers both. */
  joinReport(msgId: string, side: Omit<PlatformReport, "_id">): Promise<PlatformReport>;
  /** True once for each message: its outcome was not known before. */
  settle(id: string, outcome: Outcome): Promise<boolean>;
}

const REPORT_KEPT_MS = 7 * 24 * 3600_000;

const noticeSchema = new Schema<NoticeRecord>(
  { _id: String, accidentId: String, code: String, saying: Boolean, channel: String, at: Date, results: [Object] },
  { collection: "notices", versionKey: false, autoIndex: false, autoCreate: false },
);

const reportSchema = new Schema<PlatformReport & { expiresAt: Date }>(
  { _id: String, noticeId: String, ok: Boolean, status: String, expiresAt: Date },
  { collection: "reports", versionKey: false, autoIndex: false, autoCreate: false },
);
reportSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

/** Notices that were said, and by which way; no words and no names are kept here. */
export async function createNotices(connection: Connection, now: () => Date): Promise<Notices> {
  const model = connection.model("Notice", noticeSchema);
  const reports = connection.model("Report", reportSchema);
  await reports.createIndexes();
  return {
    async begin({ id, ...what }) {
      try {
        // An insert, since of several upserts that meet each may be answered as the first (seen with
        // DocumentDB).
        await model.create([{ _id: id, ...what, saying: true, at: now() }]);
        return null;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
      }
      return model
        .findOneAndUpdate(
          { _id: id, accidentId: what.accidentId },
          { $set: { saying: true } },
          { returnDocument: "before" },
        )
        .lean<NoticeRecord>();
    },
    async giveUp(id) {
      await model.updateOne(named(id), { $set: { saying: false } });
    },
    async finish(id, channel) {
      await model.updateOne(named(id), { $set: { channel, at: now() } });
    },
    find: (id) => model.findOne(named(id)).lean<NoticeRecord>(),
    async joinReport(msgId, side) {
      const _id = String(msgId);
      // Made first and changed then: two upserts that meet may each see only their own half (seen with
      // DocumentDB).
      const fresh = { $setOnInsert: { expiresAt: new Date(now().getTime() + REPORT_KEPT_MS) } };
      await reports.updateOne({ _id }, fresh, { upsert: true }).catch(unlessThere);
      const both = await reports
        .findOneAndUpdate({ _id }, { $set: side }, { returnDocument: "after" })
        .lean<PlatformReport>();
      return both as PlatformReport;
    },
    async settle(id, outcome) {
      const open = { ...named(id), "results.msgId": { $ne: outcome.msgId } };
      const done = await model.updateOne(open, { $push: { results: { ...outcome, at: now() } } });
      return done.matchedCount === 1;
    },
  };
}
