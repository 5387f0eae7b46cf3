import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, type Model, Schema } from "mongoose";
import { type Accident, type Change, isRunning, LETTERS, type NewEvent, type Person } from "../domain/accident.ts";
import { requireEventRoom } from "../domain/brakes.ts";
import type { Catalogue } from "../domain/liability.ts";
import { Busy, NotFound } from "../errors.ts";
import type { AccidentDocument, StoredEntry } from "./accident-document.ts";
import { createFinder, type ExactKind, type ExactValue } from "./accident-finder.ts";
import type { AccidentReader } from "./accident-reader.ts";
import { type Draft, insert, RETRY_AFTER_S, type Writer, write } from "./accident-writer.ts";
import { bare } from "./bulk.ts";
import type { CaseListing } from "./case-listing.ts";
import { type CaseMarks, createCaseMarks } from "./case-marks.ts";
import { type CaseSearch, createCaseSearch } from "./case-search.ts";
import type { Lookups } from "./lookups.ts";
import { createOpener } from "./opener.ts";
import type { PersonCases } from "./person-cases.ts";
import { createPersonFinder } from "./person-finder.ts";
import { bytesOf } from "./sealing.ts";
import type { Vault } from "./vault.ts";

export type { StoredEntry } from "./accident-document.ts";
export type { Draft } from "./accident-writer.ts";

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

export interface Accidents extends CaseMarks, CaseSearch {
  find(id: string): Promise<Accident | null>;
  /** throws NotFound */
  get(id: string): Promise<Accident>;
  /**
   * The accident that this person opened or joined last: of `cases`, or (without them) of those on their list
   * now.
   */
  findByPerson(person: Pick<Person, "id" | "cases">): Promise<Accident | null>;
  /** The one of this person's that runs, else the one that they came into last. */
  findCurrent(person: Pick<Person, "id" | "cases">): Promise<Accident | null>;
  /** All that name this person, the one they came into last first; one that cannot be read is left out. */
  listByPerson(person: Pick<Person, "id" | "cases">, limit: number): Promise<Accident[]>;
  /** The one that this person opened and that is still running: there is at most one. */
  findOpenedBy(personId: string): Promise<Accident | null>;
  /** by the code of the QR or by the six digits */
  findByInvitation(codeOrDigits: string): Promise<Accident | null>;
  findByClaim(ref: string): Promise<Accident | null>;
  /** Those with this number, plate, phone or letter, the latest first; erased ones are not found. */
  listBy(kind: ExactKind, value: string): Promise<Accident[]>;
  /** Those beside this one that have any of these values, each once, in no order. */
  listOthers(id: string, values: readonly ExactValue[]): Promise<Accident[]>;
  /**
   * Stores a new accident and returns it: under the id of the draft, or under that of an earlier attempt
   * which never came to its end. Throws Conflict "already-open" when this person has opened another one that
   * is still running.
   */
  create(draft: Draft, events: NewEvent[]): Promise<Accident>;
  /**
   * Load → decide → one versioned write. A lost race reads and decides again; null from `decide`: nothing to
   * do. Whoever has just loaded the accident may give it instead of its id. Throws Busy "too-busy" when the
   * race is lost again and again, "outbox-full" when the outbox has no room for what is to be sent.
   */
  change(known: string | Accident, decide: (accident: Accident) => Change | null): Promise<Accident>;
  /** As `change`, and returns what the last decision said beside its change. */
  decide<R>(known: string | Accident, decide: (accident: Accident) => Decision<R>): Promise<Decided<R>>;
  /**
   * ids of accidents that are neither concluded nor ended, and whose last event or first signature was before
   * `before`
   */
  listStale(before: Date, limit: number): Promise<string[]>;
  /** Returns since when the oldest outbox waits to be moved; null: none does. */
  findOutboxSince(): Promise<Date | null>;
  listOutbox(limit: number): Promise<{ accidentId: string; entries: StoredEntry[] }[]>;
  pullOutbox(accidentId: string, ids: string[]): Promise<void>;
  openBody(accidentId: string, entryId: string, sealed: Uint8Array): Promise<string>;
}

/** A case has two drivers and the jobs; a burst of second taps is let through as well. */
const TRIES = 16;
/** After a second lost race: many at once would go on losing in step. */
const BACKOFF_MS = 15;

const schema = new Schema<AccidentDocument>(
  {
    _id: String,
    number: String,
    version: Number,
    wrappedKey: Buffer,
    openedAt: Date,
    status: String,
    parts: Schema.Types.Mixed,
    events: [Schema.Types.Mixed],
    outbox: [Schema.Types.Mixed],
    outboxAt: Date,
  },
  { collection: "accidents", versionKey: false, minimize: false, autoIndex: false, autoCreate: false },
);
schema.index({ status: 1, openedAt: 1 });
schema.index({ outboxAt: 1 }, { sparse: true });
schema.index({ "desk.kind": 1, "desk.since": 1 }, { sparse: true });
schema.index({ dueAt: 1 }, { sparse: true });

export interface AccidentsOptions {
  connection: Connection;
  vault: Vault;
  catalogue: Catalogue;
  dueAt: Writer["dueAt"];
  now: () => Date;
  reader: AccidentReader;
  lookups: Lookups;
  listing: CaseListing;
  personCases: PersonCases;
}

export async function createAccidents({
  connection,
  vault,
  catalogue,
  dueAt,
  now,
  reader,
  lookups,
  listing,
  personCases,
}: AccidentsOptions): Promise<Accidents> {
  const model = connection.model<AccidentDocument>("Accident", schema);
  await model.createIndexes();
  const collection = bare<AccidentDocument>(connection, "accidents");
  const opener = createOpener(connection, vault);
  const { find, findBy, listBy, listOthers } = createFinder({ collection, reader, lookups });
  const get = async (id: string) => {
    const accident = await find(id);
    if (!accident) throw new NotFound();
    return accident;
  };
  const writer: Writer = { collection, vault, catalogue, dueAt, now, lookups, listing, personCases, opener };
  const decide = decider(writer, get);
  return {
    ...createCaseMarks(connection),
    ...createCaseSearch({ collection, reader, listing, catalogue }),
    find,
    get,
    ...createPersonFinder(connection, reader),
    async findOpenedBy(personId) {
      const id = await opener.find(personId);
      const accident = id && (await find(id));
      return accident && isRunning(accident) ? accident : null;
    },
    findByInvitation: (value) => findBy({ kind: "invitation", value }),
    findByClaim: (value) => findBy({ kind: "claim", value }),
    listBy,
    listOthers,
    create: (draft, events) => insert(writer, draft, events),
    async change(known, changed) {
      const without = (accident: Accident) => ({ change: changed(accident), result: null });
      return (await decide(known, without)).accident;
    },
    decide,
    async listStale(before, limit) {
      // Those that somebody still works on stay out here: a hundred of them would keep the rest from ever
      // being listed.
      const idle = { "events.at": { $not: { $gt: before } } };
      const signed = LETTERS.map((letter) => ({ [`parts.parties.${letter}.signature.signedAt`]: { $lte: before } }));
      const free = { "parts.hold.at": { $exists: false } };
      const running = { status: { $in: ["open", "ready-to-sign", "half-signed"] }, openedAt: { $lt: before }, ...free };
      const found = await model
        .find({ ...running, $or: [idle, ...signed] }, { _id: 1 }, { limit })
        .lean<{ _id: string }[]>();
      return found.map((document) => document._id);
    },
    ...outboxesIn(model, reader),
  };
}

const decider =
  (writer: Writer, get: Accidents["get"]): Accidents["decide"] =>
  async (known, decide) => {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      if (attempt > 1) await sleep(Math.random() * attempt * BACKOFF_MS);
      const loaded = typeof known !== "string" && attempt === 0;
      const before = loaded ? known : await get(typeof known === "string" ? known : known.id);
      const { change, result } = decide(before);
      if (!change) return { accident: before, result };
      requireEventRoom(before, change);
      const after = await write(writer, before, change);
      if (after) return { accident: after, result };
    }
    throw new Busy(RETRY_AFTER_S, "too-busy");
  };

/** What the relay does with an accident's outbox. */
function outboxesIn(
  model: Model<AccidentDocument>,
  reader: AccidentReader,
): Pick<Accidents, "findOutboxSince" | "listOutbox" | "pullOutbox" | "openBody"> {
  return {
    async findOutboxSince() {
      const waiting = { outboxAt: { $exists: true } };
      const oldest = await model
        .findOne(waiting, { outboxAt: 1 }, { sort: { outboxAt: 1 } })
        .lean<{ outboxAt: Date }>();
      return oldest?.outboxAt ?? null;
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
