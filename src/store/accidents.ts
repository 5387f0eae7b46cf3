import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, type Model, Schema } from "mongoose";
import { type Accident, type Change, LETTERS, type NewEvent, type OutboxEntry } from "../domain/accident.ts";
import type { Catalogue } from "../domain/liability.ts";
import { Busy, Conflict, DatabaseAway, NotFound } from "../errors.ts";
import {
  type AccidentDocument,
  bytesOf,
  PARTS,
  type PartName,
  partToDocument,
  type StoredEntry,
  sealing,
} from "./accident-document.ts";
import { invitationHash, isRunning, queryFields } from "./accident-queries.ts";
import type { AccidentReader } from "./accident-reader.ts";
import { isDuplicate } from "./duplicate.ts";
import { chain } from "./event-chain.ts";
import { latestCases } from "./latest-cases.ts";
import type { Vault } from "./vault.ts";

export type { StoredEntry } from "./accident-document.ts";

/** Everything an accident is made of at its birth; the store adds key, version, events. */
export type Draft = Omit<Accident, "version" | "key" | "events">;

/** What is to be written, or null for nothing, and what the caller is to know of it. */
export interface Decision<R> {
  change: Change | null;
  result: R;
}

/** The accident as it is after the write, and the result of the decision that was written. */
export interface Decided<R> {
  accident: Accident;
  result: R;
}

export interface Accidents {
  find(id: string): Promise<Accident | null>;
  /** throws NotFound */
  get(id: string): Promise<Accident>;
  /** the accident that this person opened or joined last */
  findByPerson(personId: string): Promise<Accident | null>;
  /** the one that he opened and that is still running: there is at most one */
  findOpenedBy(personId: string): Promise<Accident | null>;
  /** by the code of the QR or by the six digits */
  findByInvitation(codeOrDigits: string): Promise<Accident | null>;
  findByClaim(ref: string): Promise<Accident | null>;
  /** throws Conflict "already-open" when this person has opened another one that is still running */
  create(draft: Draft, events: NewEvent[]): Promise<Accident>;
  /**
   * Load → decide → one versioned write. A lost race reads and decides again; null from `decide`: nothing to do. Who has just loaded it may give the accident itself.
   * Throws Busy "too-busy" when the race is lost again and again, "outbox-full" when the outbox has no room for what is to be sent.
   */
  change(known: string | Accident, decide: (accident: Accident) => Change | null): Promise<Accident>;
  /** As `change`, and returns what the last decision said beside its change. */
  decide<R>(known: string | Accident, decide: (accident: Accident) => Decision<R>): Promise<Decided<R>>;
  /** ids of accidents that are neither concluded nor ended, and whose last event or first signature was before `before` */
  listStale(before: Date, limit: number): Promise<string[]>;
  listOutbox(limit: number): Promise<{ accidentId: string; entries: StoredEntry[] }[]>;
  pullOutbox(accidentId: string, ids: string[]): Promise<void>;
  openBody(accidentId: string, entryId: string, sealed: Uint8Array): Promise<string>;
}

/** a case has two drivers and the jobs; a burst of second taps is let through as well */
const TRIES = 16;
/** after a second lost race: many at once would go on losing in step */
const BACKOFF_MS = 15;
const OUTBOX_LIMIT = 32;
/** After it the other writers of the accident have finished, and the relay has emptied its outbox. */
const RETRY_AFTER_S = 5;

const schema = new Schema<AccidentDocument>(
  {
    _id: String,
    number: { type: String, unique: true },
    version: Number,
    wrappedKey: Buffer,
    openedAt: Date,
    status: String,
    personIds: [String],
    invitationHashes: [String],
    claimRefs: [String],
    parts: Schema.Types.Mixed,
    events: [Schema.Types.Mixed],
    outbox: [Schema.Types.Mixed],
    outboxAt: Date,
    runningOpener: String,
  },
  { collection: "accidents", versionKey: false, minimize: false, autoIndex: false, autoCreate: false },
);
schema.index({ personIds: 1, openedAt: -1 });
schema.index({ invitationHashes: 1 });
schema.index({ claimRefs: 1 });
schema.index({ status: 1, openedAt: 1 });
schema.index({ outboxAt: 1 }, { sparse: true });
schema.index({ runningOpener: 1 }, { unique: true, sparse: true });

export interface AccidentsOptions {
  connection: Connection;
  vault: Vault;
  catalogue: Catalogue;
  now: () => Date;
  reader: AccidentReader;
}

export async function createAccidents({
  connection,
  vault,
  catalogue,
  now,
  reader,
}: AccidentsOptions): Promise<Accidents> {
  const model = connection.model("Accident", schema) as unknown as Model<AccidentDocument>;
  await model.createIndexes();
  const lookUp = async (filter: object, sort?: Record<string, 1 | -1>): Promise<Accident | null> => {
    // Every push looks one up: the driver's own collection, without mongoose's casting. What comes from outside is a string by now.
    const document = await model.collection.findOne(filter, sort ? { sort } : {});
    // erased: its record of events stays, its people are gone
    return document?.wrappedKey ? reader.read(document as unknown as AccidentDocument) : null;
  };
  const latestOf = latestCases(connection);
  const find = (id: string) => lookUp({ _id: String(id) });
  const get = async (id: string) => {
    const accident = await find(id);
    if (!accident) throw new NotFound();
    return accident;
  };
  const writer = { model, vault, catalogue, now };
  const decideAndWrite: Accidents["decide"] = async (known, decide) => {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 1) await sleep(Math.random() * attempt * BACKOFF_MS);
      const loaded = typeof known !== "string" && attempt === 0;
      const before = loaded ? known : await get(typeof known === "string" ? known : known.id);
      const { change, result } = decide(before);
      if (!change) return { accident: before, result };
      const after = await write(writer, before, change);
      if (after) return { accident: after, result };
    }
    throw new Busy(RETRY_AFTER_S, "too-busy");
  };
  return {
    find,
    get,
    async findByPerson(personId) {
      const latest = await latestOf(String(personId));
      return latest && reader.read(latest);
    },
    findOpenedBy: (personId) => lookUp({ runningOpener: String(personId) }),
    findByInvitation: (code) => lookUp({ invitationHashes: invitationHash(vault, code) }, { openedAt: -1 }),
    findByClaim: (ref) => lookUp({ claimRefs: String(ref) }),
    create: (draft, events) => insert(writer, draft, events),
    async change(known, decide) {
      const without = (accident: Accident) => ({ change: decide(accident), result: null });
      return (await decideAndWrite(known, without)).accident;
    },
    decide: decideAndWrite,
    async listStale(before, limit) {
      // Those that somebody still works on stay out here: a hundred of them would keep the rest from ever being listed.
      const idle = { "events.at": { $not: { $gt: before } } };
      const signed = LETTERS.map((letter) => ({ [`parts.parties.${letter}.signature.signedAt`]: { $lte: before } }));
      const running = { status: { $in: ["open", "ready-to-sign", "half-signed"] }, openedAt: { $lt: before } };
      const found = await model
        .find({ ...running, $or: [idle, ...signed] }, { _id: 1 }, { limit })
        .lean<{ _id: string }[]>();
      return found.map((document) => document._id);
    },
    async listOutbox(limit) {
      const found = await model
        .find({ outboxAt: { $exists: true } }, { outbox: 1 }, { sort: { outboxAt: 1 }, limit })
        .lean<{ _id: string; outbox: StoredEntry[] }[]>();
      return found.map((document) => ({
        accidentId: document._id,
        entries: document.outbox.map((entry) => ({ ...entry, sealed: bytesOf(entry.sealed) })),
      }));
    },
    async pullOutbox(accidentId, ids) {
      await model.updateOne({ _id: accidentId }, { $pull: { outbox: { id: { $in: ids } } } });
      await model.updateOne({ _id: accidentId, outbox: { $size: 0 } }, { $unset: { outboxAt: 1 } });
    },
    async openBody(accidentId, entryId, sealed) {
      const fields = { wrappedKey: 1, number: 1 };
      const document = await model.findOne({ _id: accidentId }, fields).lean<AccidentDocument>();
      if (!document?.wrappedKey) throw new NotFound();
      return reader.readBody(document, entryId, sealed);
    },
  };
}

type Sealing = ReturnType<typeof sealing>;

interface Writer {
  model: Model<AccidentDocument>;
  vault: Vault;
  catalogue: Catalogue;
  now: () => Date;
}

async function insert(
  { model, vault, catalogue, now }: Writer,
  draft: Draft,
  newEvents: NewEvent[],
): Promise<Accident> {
  const { key, wrapped } = vault.newKey(draft.id);
  const events = chain(draft.id, [], newEvents, now());
  const accident: Accident = { ...draft, version: 1, key, events };
  const seals = sealing(vault, key, draft.id);
  const parts = Object.fromEntries(PARTS.map((part) => [part, partToDocument(accident, part, seals)]));
  const document: AccidentDocument = {
    _id: draft.id,
    number: draft.number,
    version: 1,
    wrappedKey: wrapped,
    openedAt: draft.openedAt,
    ...queryFields(accident, vault, catalogue),
    ...(isRunning(accident) && { runningOpener: accident.parties.A.identity.personId }),
    parts: parts as Record<PartName, unknown>,
    events,
    outbox: [],
  };
  try {
    await model.collection.insertOne(document as never);
  } catch (error) {
    const isUnsettled = isDuplicate(error) || error instanceof DatabaseAway;
    if (isUnsettled && (await traceOf(model, draft.id))) return accident;
    // By the name of the index: not everything that speaks MongoDB's protocol gives the keyPattern.
    if (isDuplicate(error) && (error as Error).message.includes("runningOpener")) throw new Conflict("already-open");
    throw error;
  }
  return accident;
}

/** One updateOne under the version: events and outbox are pushed, changed parts replaced. null: the race was lost. */
async function write(
  { model, vault, catalogue, now }: Writer,
  before: Accident,
  change: Change,
): Promise<Accident | null> {
  const at = now();
  const events = chain(before.id, before.events, change.events, at);
  const after: Accident = { ...change.accident, version: before.version + 1, events: [...before.events, ...events] };
  const seals = sealing(vault, before.key, before.id);
  const changed = PARTS.filter((part) => after[part] !== before[part]);
  const set: Record<string, unknown> = { version: after.version, ...queryFields(after, vault, catalogue) };
  for (const part of changed) set[`parts.${part}`] = partToDocument(after, part, seals);
  const entries = (change.outbox ?? []).map((entry, index) =>
    stored(before.id, entry, before.version * OUTBOX_LIMIT + index, seals),
  );
  if (entries.length > 0) set.outboxAt = at;
  const filter: Record<string, unknown> = { _id: before.id, version: before.version };
  if (entries.length > 0) filter[`outbox.${OUTBOX_LIMIT - entries.length}`] = { $exists: false };
  const mark = randomBytes(9).toString("base64url");
  const isMine = (trace: Awaited<ReturnType<typeof traceOf>>) => trace?.writes?.includes(mark) ?? false;
  const writes = { $each: [mark], $slice: -WRITES_LIMIT };
  const push = { writes, events: { $each: events }, ...(entries.length > 0 && { outbox: { $each: entries } }) };
  // A case that goes on is not to be erased after all.
  const unset = { eraseMarkedAt: 1, ...(!isRunning(after) && { runningOpener: 1 }) };
  const update = { $set: set, $push: push as never, $unset: unset as never };
  try {
    const result = await model.collection.updateOne(filter as never, update);
    if (result.matchedCount === 1) return after;
  } catch (error) {
    if (!(error instanceof DatabaseAway) || !isMine(await traceOf(model, before.id))) throw error;
    return after;
  }
  const trace = await traceOf(model, before.id);
  if (isMine(trace)) return after;
  if (trace?.version === before.version) throw new Busy(RETRY_AFTER_S, "outbox-full");
  return null;
}

/**
 * Reads what tells whether a write whose answer was lost, or that the driver has repeated, took effect. Null:
 * there is no such accident.
 */
function traceOf(
  model: Model<AccidentDocument>,
  _id: string,
): Promise<Pick<AccidentDocument, "version" | "writes"> | null> {
  return model.collection.findOne({ _id } as never, { projection: { version: 1, writes: 1 } }) as never;
}

/** marks kept: writes whose outcome may still be looked up */
const WRITES_LIMIT = 8;

function stored(accidentId: string, { body, ...plain }: OutboxEntry, seq: number, seals: Sealing): StoredEntry {
  const id = `${accidentId}-${seq}`;
  return { ...plain, id, seq, sealed: seals.seal(`outbox/${id}`, body) as Buffer };
}
