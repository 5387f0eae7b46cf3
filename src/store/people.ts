import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, type Model, type mongo, Schema } from "mongoose";
import type { Details, Language, Person } from "../domain/accident.ts";
import { serialise } from "../domain/agreement.ts";
import type { CaseOfPerson } from "../domain/case-of-person.ts";
import { DatabaseAway } from "../errors.ts";
import { bare } from "./bulk.ts";
import { type Consents, consentsOf, type NoticeConsent } from "./people-consents.ts";
import { openedBy, type SayWindow, type SayWindows, sayWindows } from "./people-windows.ts";
import type { PersonCases } from "./person-cases.ts";
import { repeatable } from "./repeat.ts";
import { bytesOf } from "./sealing.ts";
import { placeIn } from "./shapes.ts";
import { together } from "./together.ts";
import { openedOrNull, type Vault } from "./vault.ts";

/**
 * People who have written to the account, by a keyed hash of the openid; the openid and their last details
 * are sealed.
 */
export interface People extends Consents {
  /**
   * Finds or creates the person; what they did (`by`) opens the window for messages to them. One operation,
   * since every push calls it.
   */
  see(openid: string, by?: string): Promise<Person>;
  find(personId: string): Promise<Person | null>;
  setLanguage(personId: string, language: Language): Promise<void>;
  /** Keeps entered details, to offer them next time. */
  remember(personId: string, details: Details): Promise<void>;
  lastDetails(personId: string): Promise<Details | null>;
  /** Keeps texts that no channel could send, for the next answer; the twenty newest. */
  keepUnsaid(personId: string, ...texts: string[]): Promise<void>;
  /** Returns and removes the kept texts. */
  takeUnsaid(personId: string): Promise<string[]>;
  /**
   * Forgets what no accident needs: what was entered last time, what waits to be said, consents. Without a
   * `case` the person as well, unless one has come since they were looked up.
   */
  forget(person: Pick<Person, "id" | "cases">, keeps: { case: boolean }): Promise<void>;
}

const UNSAID_LIMIT = 20;

/**
 * Returns true where it is unknown whether the texts were removed: twice is better than never. Throws other
 * errors.
 */
function sayAnyway(error: unknown): boolean {
  if (error instanceof DatabaseAway) return true;
  throw error;
}

export interface PersonDocument {
  _id: string;
  sealedOpenid: unknown;
  language: Language;
  sealedDetails?: unknown;
  /** the hour of the last visit */
  seenAt: Date;
  unsaid?: unknown[];
  windows?: Partial<Record<string, SayWindow>>;
  consents?: Record<string, NoticeConsent>;
  /** absent in one that was just made */
  cases?: CaseOfPerson[];
}

/** The message window that each act of a person opens: the platform's table, passed in by the context. */
export type Openings = Readonly<Record<string, { name: string; count: number; lastsMs: number }>>;

const schema = new Schema<PersonDocument>(
  { _id: String },
  { collection: "people", versionKey: false, strict: false, autoIndex: false, autoCreate: false },
);

export interface PeopleOptions {
  connection: Connection;
  vault: Vault;
  now: () => Date;
  openings: Openings;
  personCases: Pick<PersonCases, "restore">;
}

export function createPeople({ connection, vault, now, openings, personCases }: PeopleOptions): People & SayWindows {
  const model = connection.model("Person", schema) as unknown as Model<PersonDocument>;
  const setBy = (by: string | undefined) => {
    const at = now();
    return { seenAt: hourOf(at), ...openedBy(openings, by, at) };
  };
  const { note, settled } = noting(bare<PersonDocument>(connection, "people"), vault, setBy);
  const personOf = (document: PersonDocument, openid: string): Person => ({
    id: document._id,
    openid,
    language: document.language,
    ...(document.unsaid?.length && { hasUnsaid: true }),
    cases: document.cases ?? [],
  });
  return {
    ...sayWindows(model, vault, settled),
    ...consentsOf(model),
    async see(openid, by) {
      const document = await note({ id: vault.personId(openid), openid, by });
      const cases = document.cases ?? (await personCases.restore(document._id));
      return personOf({ ...document, cases }, openid);
    },
    async find(personId) {
      const document = await model.findOne({ _id: personId }).lean<PersonDocument>();
      return (
        document &&
        personOf(document, vault.openOwn(placeIn("people", personId, "openid"), bytesOf(document.sealedOpenid)))
      );
    },
    async setLanguage(personId, language) {
      await model.updateOne({ _id: personId }, { $set: { language } });
    },
    async remember(personId, details) {
      const sealedDetails = vault.sealOwn(placeIn("people", personId, "details"), serialise(details));
      await model.updateOne({ _id: personId }, { $set: { sealedDetails } });
    },
    async lastDetails(personId) {
      const document = await model.findOne({ _id: personId }).lean<PersonDocument>();
      if (!document?.sealedDetails) return null;
      const opened = openedOrNull(() =>
        vault.openOwn(placeIn("people", personId, "details"), bytesOf(document.sealedDetails)),
      );
      return opened === null ? null : (JSON.parse(opened) as Details);
    },
    async keepUnsaid(personId, ...texts) {
      if (texts.length === 0) return;
      const sealed = texts.map((text) => vault.sealOwn(placeIn("people", personId, "unsaid"), text));
      await model.updateOne({ _id: personId }, { $push: { unsaid: { $each: sealed, $slice: -UNSAID_LIMIT } } });
    },
    async takeUnsaid(personId) {
      const before = await model.findOne({ _id: personId }, { unsaid: 1 }).lean<PersonDocument>();
      const unsaid = before?.unsaid ?? [];
      if (unsaid.length === 0) return [];
      // Read first, so that a lost answer loses no message. Another process that takes them at the same
      // moment finds none.
      const taking = model.updateOne({ _id: personId, unsaid }, { $unset: { unsaid: 1 } });
      const isMine = await taking.then(({ matchedCount }) => matchedCount === 1, sayAnyway);
      if (!isMine) return [];
      const opened = unsaid.map((sealed) =>
        openedOrNull(() => vault.openOwn(placeIn("people", personId, "unsaid"), bytesOf(sealed))),
      );
      return opened.filter((text) => text !== null);
    },
    async forget({ id: _id, cases = [] }, keeps) {
      await model.updateOne({ _id }, { $unset: { sealedDetails: 1, unsaid: 1, windows: 1, consents: 1 } });
      if (!keeps.case) await model.collection.deleteOne({ _id, cases } as never);
    },
  };
}

/** Rounded to the hour, so that its index is not written with each push. */
const hourOf = (at: Date) => new Date(at.getTime() - (at.getTime() % 3_600_000));

interface Seen {
  id: string;
  openid: string;
  by: string | undefined;
}

const SEEN = { language: 1, cases: 1, unsaid: { $slice: 1 } } as const;

/** Pause to collect the acts of several pushes; shorter than any later message needs. */
const REST_MS = 30;

/**
 * Finds or creates people for pushes: one operation for one person, one query for several known ones, unknown
 * ones singly. Acts of known people are written behind in a batch; only a question about message windows
 * waits for it (`settled`).
 */
function noting(
  people: mongo.Collection<PersonDocument>,
  vault: Vault,
  setBy: (by: string | undefined) => Partial<PersonDocument>,
) {
  const alone = async ({ id, openid, by }: Seen): Promise<PersonDocument> => {
    const $setOnInsert = {
      sealedOpenid: vault.sealOwn(placeIn("people", id, "openid"), openid),
      language: "zh" as const,
    };
    const options = { upsert: true, returnDocument: "after", projection: SEEN } as const;
    const update = { $set: setBy(by), $setOnInsert };
    return (await repeatable(() => people.findOneAndUpdate({ _id: id }, update, options))) as PersonDocument;
  };
  // One statement for all who did the same at this moment.
  const write = async (all: Seen[]): Promise<void> => {
    const acts = [...new Set(all.map(({ by }) => by))];
    const updates = acts.map((by) => {
      const filter = { _id: { $in: all.filter((one) => one.by === by).map(({ id }) => id) } };
      return { updateMany: { filter, update: { $set: setBy(by) } } };
    });
    // The driver does not retry this bulk after a fail-over; single updates it does.
    await people.bulkWrite(updates, { ordered: false }).catch(() => Promise.all(all.map(alone)));
  };
  const behind = together<Seen, void>({
    rest: () => sleep(REST_MS),
    alone: (one) => write([one]),
    async group(all) {
      await write(all);
      return all.map(() => undefined);
    },
  });
  const open = new Map<string, Promise<void>>();
  const writeBehind = (seen: Seen): void => {
    // On failure the window stays as it was: messages take another channel until the next act opens it.
    const written = behind(seen)
      .catch(() => {})
      .then(() => {
        if (open.get(seen.id) === written) open.delete(seen.id);
      });
    open.set(seen.id, written);
  };
  const note = together<Seen, PersonDocument>({
    alone,
    async group(all) {
      const found = await people
        .find({ _id: { $in: all.map(({ id }) => id) } })
        .toArray()
        .catch(() => []);
      const known = new Map(found.map((document) => [document._id, document]));
      const one = async (seen: Seen): Promise<PersonDocument> => {
        const document = known.get(seen.id);
        if (!document) return alone(seen);
        writeBehind(seen);
        return document;
      };
      return Promise.all(all.map((seen) => one(seen).catch((error: Error) => error)));
    },
  });
  return { note, settled: (id: string): Promise<void> | undefined => open.get(id) };
}
