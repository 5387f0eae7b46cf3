import { randomBytes } from "node:crypto";
import type { mongo } from "mongoose";
import { type Accident, type Change, isRunning, LETTERS, type NewEvent, type OutboxEntry } from "../domain/accident.ts";
import { searchKeys } from "../domain/case-facets.ts";
import { leavesFiles } from "../domain/case-files.ts";
import { statusOf } from "../domain/case-status.ts";
import { waitingForOfficer } from "../domain/dispute.ts";
import type { Catalogue } from "../domain/liability.ts";
import { OUTBOX_LIMIT, seqOf } from "../domain/outbox.ts";
import { Busy, Conflict, DatabaseAway } from "../errors.ts";
import { type AccidentDocument, PARTS, type PartName, partToDocument, type StoredEntry } from "./accident-document.ts";
import type { CaseListing } from "./case-listing.ts";
import { isDuplicate } from "./duplicate.ts";
import { chain } from "./event-chain.ts";
import { isSame, type Lookup, type Lookups, lookupsOf } from "./lookups.ts";
import type { Opener } from "./opener.ts";
import type { PersonCases } from "./person-cases.ts";
import { type Sealing, sealing } from "./sealing.ts";
import type { Vault } from "./vault.ts";

/** Everything an accident is made of at its birth; the store adds key, version, events. */
export type Draft = Omit<Accident, "version" | "key" | "events">;

/**
 * Seconds. After it the other writers of the accident have finished, and the relay has emptied its outbox.
 */
export const RETRY_AFTER_S = 5;
/** marks kept: writes whose outcome may still be looked up */
const WRITES_LIMIT = 8;

export interface Writer {
  collection: mongo.Collection<AccidentDocument>;
  vault: Vault;
  catalogue: Catalogue;
  /** when a clock of the case may run out next */
  dueAt(accident: Accident): Date | null;
  now: () => Date;
  lookups: Lookups;
  listing: CaseListing;
  personCases: PersonCases;
  opener: Opener;
}

const newMark = () => randomBytes(9).toString("base64url");

/** Stores a new accident, behind everything that leads to it. */
export async function insert(writer: Writer, wanted: Draft, newEvents: NewEvent[]): Promise<Accident> {
  const { collection, vault, catalogue, now, opener } = writer;
  const { personId } = wanted.parties.A.identity;
  const id = isRunning(wanted) ? await opener.take(personId, wanted.id) : wanted.id;
  const draft = { ...wanted, id };
  const { key, wrapped } = vault.newKey(draft.id);
  const events = chain(draft.id, [], newEvents, now());
  const accident: Accident = { ...draft, version: 1, key, events };
  await lead(writer, null, accident);
  await list(writer, null, accident);
  const mark = newMark();
  const document = { ...newDocument(accident, wrapped, { vault, catalogue }), writes: [mark] };
  try {
    await collection.insertOne(document);
  } catch (error) {
    const isUnsettled = isDuplicate(error) || error instanceof DatabaseAway;
    if (isUnsettled && (await traceOf(collection, draft.id))?.writes?.includes(mark)) return accident;
    if (isDuplicate(error)) throw new Conflict("already-open");
    throw error;
  }
  return accident;
}

/** The accident as its document is inserted; `wrapped`: its key for the database. */
export function newDocument(
  accident: Accident,
  wrapped: Buffer,
  { vault, catalogue }: Pick<Writer, "vault" | "catalogue">,
): AccidentDocument {
  const { id, number, version, openedAt, events } = accident;
  const seals = sealing(vault, accident.key, id);
  const parts = Object.fromEntries(PARTS.map((part) => [part, partToDocument(accident, part, seals)]));
  const desk = waitingForOfficer(accident);
  return {
    ...{ _id: id, number, version, wrappedKey: wrapped, openedAt, events, outbox: [] },
    status: statusOf(accident, catalogue),
    parts: parts as Record<PartName, never>,
    ...(desk && { desk }),
  };
}

/** Lists the case under its keys where they have changed; true: rows of earlier versions are left over. */
async function list({ listing, catalogue }: Writer, before: Accident | null, after: Accident): Promise<boolean> {
  const keys = searchKeys(after, catalogue);
  if (before && searchKeys(before, catalogue).join("\n") === keys.join("\n")) return false;
  await listing.add(after, keys);
  return before !== null;
}

/**
 * Writes all that leads from elsewhere to what is new in `after`. Where the accident's own write fails,
 * nothing is amiss.
 */
async function lead({ lookups, personCases }: Writer, before: Accident | null, after: Accident): Promise<void> {
  const isChanged = ({ parties, invitation, claims, dispute }: Accident) =>
    parties !== after.parties ||
    invitation !== after.invitation ||
    claims !== after.claims ||
    dispute !== after.dispute;
  if (before && !isChanged(before)) return;
  const known = before ? lookupsOf(before) : [];
  const isNew = (lookup: Lookup) => !known.some((one) => isSame(one, lookup));
  await lookups.add(after.id, lookupsOf(after).filter(isNew));
  for (const letter of LETTERS) {
    const party = after.parties[letter];
    const personId = party?.identity.personId;
    if (!party || !personId || before?.parties[letter]?.identity.personId === personId) continue;
    await personCases.note(personId, { id: after.id, at: party.joinedAt });
  }
}

/** Writes a change behind everything that leads to it. null: the race was lost. */
export async function write(writer: Writer, before: Accident, change: Change): Promise<Accident | null> {
  const at = writer.now();
  const events = chain(before.id, before.events, change.events, at);
  const after: Accident = { ...change.accident, version: before.version + 1, events: [...before.events, ...events] };
  await lead(writer, before, after);
  const isListedAnew = await list(writer, before, after);
  if (!isRunning(before) && isRunning(after)) await lock(writer, after);
  const written = await update(writer, { before, after, events, change, at });
  // Rows that are left over do no harm: they are passed over, and go with the next change.
  if (written && isListedAnew) await writer.listing.removeBefore(after).catch(() => {});
  return written;
}

interface Update {
  before: Accident;
  after: Accident;
  events: Accident["events"];
  change: Change;
  at: Date;
}

/**
 * One updateOne under the version: events and outbox are pushed, changed parts replaced. null: the race was
 * lost.
 */
async function update(writer: Writer, { before, after, events, change, at }: Update): Promise<Accident | null> {
  const { collection, vault, catalogue } = writer;
  const seals = sealing(vault, before.key, before.id);
  const changed = PARTS.filter((part) => after[part] !== before[part]);
  const set: Record<string, unknown> = { version: after.version, status: statusOf(after, catalogue) };
  for (const part of changed) set[`parts.${part}`] = partToDocument(after, part, seals);
  if (leavesFiles(before, after)) set.sparesAt = at;
  const entries = (change.outbox ?? []).map((entry, index) =>
    stored(before.id, entry, seqOf(before.version, index), seals),
  );
  if (entries.length > 0) set.outboxAt = at;
  const room = entries.length > 0 && { [`outbox.${OUTBOX_LIMIT - entries.length}`]: { $exists: false } };
  const filter = { _id: before.id, version: before.version, ...room };
  const mark = newMark();
  const isMine = (trace: Awaited<ReturnType<typeof traceOf>>) => trace?.writes?.includes(mark) ?? false;
  const writes = { $each: [mark], $slice: -WRITES_LIMIT };
  const push = { writes, events: { $each: events }, ...(entries.length > 0 && { outbox: { $each: entries } }) };
  const desk = waitingForOfficer(after);
  const dueAt = writer.dueAt(after);
  if (desk) set.desk = desk;
  if (dueAt) set.dueAt = dueAt;
  // A case that goes on is not to be erased after all.
  const unset = { eraseMarkedAt: 1 as const, ...(!desk && { desk: 1 as const }), ...(!dueAt && { dueAt: 1 as const }) };
  const statement = { $set: set, $push: push, $unset: unset };
  try {
    const result = await collection.updateOne(filter, statement);
    if (result.matchedCount === 1) return after;
  } catch (error) {
    if (!(error instanceof DatabaseAway) || !isMine(await traceOf(collection, before.id))) throw error;
    return after;
  }
  const trace = await traceOf(collection, before.id);
  if (isMine(trace)) return after;
  if (trace?.version === before.version) throw new Busy(RETRY_AFTER_S, "outbox-full");
  return null;
}

/** A case that is taken up again is its opener's only running one. Throws Conflict "already-open". */
async function lock({ opener }: Writer, { id, parties }: Accident): Promise<void> {
  if ((await opener.take(parties.A.identity.personId, id)) !== id) throw new Conflict("already-open");
}

/**
 * Reads what tells whether a write whose answer was lost, or that the driver has repeated, took effect. Null:
 * there is no such accident.
 */
function traceOf(
  collection: mongo.Collection<AccidentDocument>,
  _id: string,
): Promise<Pick<AccidentDocument, "version" | "writes"> | null> {
  return collection.findOne({ _id }, { projection: { version: 1, writes: 1 } });
}

function stored(accidentId: string, { body, ...plain }: OutboxEntry, seq: number, seals: Sealing): StoredEntry {
  const id = `${accidentId}-${seq}`;
  return { ...plain, id, seq, sealed: seals.seal(`outbox/${id}`, body) as Buffer };
}
