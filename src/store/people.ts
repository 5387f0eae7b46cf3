import { setTimeout as sleep } from "node:timers/promises";
import { type Connection, type Model, type mongo, Schema } from "mongoose";
import type { CaseOfPerson, Details, Language, Person } from "../domain/accident.ts";
import { serialise } from "../domain/agreement.ts";
import { DatabaseAway } from "../errors.ts";
import { bytesOf } from "./accident-document.ts";
import { bare } from "./bulk.ts";
import { type Consents, consentsOf, type NoticeConsent } from "./people-consents.ts";
import { openedBy, type SayWindow, type SayWindows, sayWindows } from "./people-windows.ts";
import type { PersonCases } from "./person-cases.ts";
import { repeatable } from "./repeat.ts";
import { placeIn } from "./shapes.ts";
import { together } from "./together.ts";
import { openedOrNull, type Vault } from "./vault.ts";

/** Who has ever spoken to the account: found by a keyed hash, the openid and what he used last time sealed. */
export interface People extends Consents {
  /** Knows him from now on; what he did (`by`) opens the window in which we may speak to him. One operation: every push passes here. */
  see(openid: string, by?: string): Promise<Person>;
  find(personId: string): Promise<Person | null>;
  setLanguage(personId: string, language: Language): Promise<void>;
  /** Keeps what he entered, to be offered next time. */
  remember(personId: string, details: Details): Promise<void>;
  lastDetails(personId: string): Promise<Details | null>;
  /** What no channel would carry now: said together with the next answer. The twenty newest are kept. */
  keepUnsaid(personId: string, ...texts: string[]): Promise<void>;
  /** Takes what was kept, once. */
  takeUnsaid(personId: string): Promise<string[]>;
  /**
   * Forgets what no accident needs: what was entered last time, what waits to be said, consents. Without a `case` the
   * person as well, unless one has come since they were looked up.
   */
  forget(person: Pick<Person, "id" | "cases">, keeps: { case: boolean }): Promise<void>;
}

const UNSAID_LIMIT = 20;

/**
 * It is not known whether the messages were removed: saying them twice is better than never. Throws other
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
  /** the hour in which he was here last */
  seenAt: Date;
  unsaid?: unknown[];
  windows?: Partial<Record<string, SayWindow>>;
  consents?: Record<string, NoticeConsent>;
  /** absent in one that was just made */
  cases?: CaseOfPerson[];
}

/** What each act of a person opens: the platform's own table, given by whoever wires. */
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

/** It has an index, which would otherwise be written with each push. */
const hourOf = (at: Date) => new Date(at.getTime() - (at.getTime() % 3_600_000));

interface Seen {
  id: string;
  openid: string;
  by: string | undefined;
}

const SEEN = { language: 1, cases: 1, unsaid: { $slice: 1 } } as const;

/** To collect what several pushes did; shorter than anything that is said later. */
const REST_MS = 30;

/**
 * Every push passes here. One operation for one person; for several one query, and who is not known yet goes by himself. What those who are known did is
 * written behind, together: nobody waits for it but who asks what may still be said to him (`settled`).
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
  // One statement for all who did the same: they share the moment, too.
  const write = async (all: Seen[]): Promise<void> => {
    const acts = [...new Set(all.map(({ by }) => by))];
    const updates = acts.map((by) => {
      const filter = { _id: { $in: all.filter((one) => one.by === by).map(({ id }) => id) } };
      return { updateMany: { filter, update: { $set: setBy(by) } } };
    });
    // The driver does not repeat such a bulk after a fail-over: one by one it does.
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
    // Where it cannot be written the window stays as it was: what is said then takes another way, and his next message opens it.
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
