import { type Connection, type Model, Schema } from "mongoose";
import type { Details, Language, Person } from "../domain/accident.ts";
import { serialise } from "../domain/agreement.ts";
import { bare } from "./bulk.ts";
import type { ErasedList } from "./erased.ts";
import { createGuests } from "./guests.ts";
import { createAdmission } from "./people-admission.ts";
import { type Consents, consentsOf } from "./people-consents.ts";
import { erasuresAsked } from "./people-erasures.ts";
import { createSeenWriter, hourOf } from "./people-seen.ts";
import { type Unsaid, unsaidOf } from "./people-unsaid.ts";
import { type Openings, openedBy, type SayWindows, sayWindows } from "./people-windows.ts";
import type { PersonCases } from "./person-cases.ts";
import type { PersonDocument } from "./person-document.ts";
import { bytesOf } from "./sealing.ts";
import { placeIn } from "./shapes.ts";
import { openedOrNull, type Vault } from "./vault.ts";

/**
 * People who have written to the account, by a keyed hash of the openid; the openid and their last details
 * are sealed.
 */
export interface People extends Consents, Unsaid {
  /**
   * Finds the person; what they did (`by`) opens the window for messages to them. Somebody who has not agreed
   * to the privacy notice is a guest, of whom neither openid nor language is stored.
   */
  see(openid: string, by?: string): Promise<Person>;
  find(personId: string): Promise<Person | null>;
  /** Makes all sessions void that began before `at`. */
  endSessions(personId: string, at: Date): Promise<void>;
  /** Records a guest who has agreed, with the language chosen so far. Idempotent. */
  admit(person: Pick<Person, "id" | "openid" | "language">): Promise<void>;
  setLanguage(personId: string, language: Language): Promise<void>;
  /** Keeps entered details, to offer them next time. */
  remember(personId: string, details: Details): Promise<void>;
  lastDetails(personId: string): Promise<Details | null>;
  forgetDetails(personId: string): Promise<void>;
  /** Records that this person wants what is kept of them erased. */
  askErasure(personId: string, at: Date): Promise<void>;
  /** Who has asked, the earliest first. */
  listErasures(): Promise<{ id: string; at: Date }[]>;
  /**
   * Forgets what no accident needs: what was entered last time, what waits to be said, consents. Without a
   * `case` the person as well, unless one has come since they were looked up.
   */
  forget(person: Pick<Person, "id" | "cases">, keeps: { case: boolean }): Promise<void>;
}

const FORGOTTEN = { sealedDetails: 1, unsaid: 1, windows: 1, consents: 1, erasureAskedAt: 1 } as const;

const schema = new Schema<PersonDocument>(
  { _id: String },
  { collection: "people", versionKey: false, strict: false, autoIndex: false, autoCreate: false },
);

export interface PeopleOptions {
  connection: Connection;
  vault: Vault;
  now: () => Date;
  openings: Openings;
  personCases: Pick<PersonCases, "restore" | "list">;
  erased: Pick<ErasedList, "note">;
}

/** What a person agreed to have kept for the next case. */
const detailsOf = (
  model: Model<PersonDocument>,
  vault: Vault,
  erased: Pick<ErasedList, "note">,
): Pick<People, "remember" | "lastDetails" | "forgetDetails"> => ({
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
  async forgetDetails(personId) {
    await erased.note({ kind: "details", id: personId });
    await model.updateOne({ _id: personId }, { $unset: { sealedDetails: 1 } });
  },
});

export async function createPeople(options: PeopleOptions): Promise<People & SayWindows> {
  const { connection, vault, now, openings, personCases, erased } = options;
  const model = connection.model<PersonDocument>("Person", schema);
  const setBy = (by: string | undefined) => {
    const at = now();
    return { seenAt: hourOf(at), ...openedBy(openings, by, at) };
  };
  const people = bare<PersonDocument>(connection, "people");
  await people.createIndex({ erasureAskedAt: 1 }, { sparse: true });
  const guests = await createGuests(connection);
  const { note, settled } = createSeenWriter(people, setBy);
  const { admit, greet } = createAdmission({ people, guests, vault, now, openings, personCases });
  const personOf = (document: PersonDocument, openid: string): Person => ({
    id: document._id,
    openid,
    language: document.language,
    ...(document.choseLanguage && { choseLanguage: true }),
    ...(document.unsaid?.length && { hasUnsaid: true }),
    cases: document.cases ?? [],
    ...(document.sessionsFrom && { sessionsFrom: document.sessionsFrom }),
  });
  return {
    ...sayWindows({ model, guests, vault, settled }),
    ...consentsOf(model),
    ...unsaidOf(model, vault),
    async see(openid, by) {
      const id = vault.personId(openid);
      const document = await note({ id, by });
      if (!document) return greet({ id, openid, by });
      const cases = document.cases ?? (await personCases.restore(document._id));
      return personOf({ ...document, cases }, openid);
    },
    admit,
    async find(personId) {
      const document = await model.findOne({ _id: personId }).lean<PersonDocument>();
      return (
        document &&
        personOf(document, vault.openOwn(placeIn("people", personId, "openid"), bytesOf(document.sealedOpenid)))
      );
    },
    async endSessions(personId, at) {
      await model.updateOne({ _id: personId }, { $set: { sessionsFrom: at } });
    },
    async setLanguage(personId, language) {
      await model.updateOne({ _id: personId }, { $set: { language, choseLanguage: true } });
    },
    ...detailsOf(model, vault, erased),
    ...erasuresAsked(people),
    async forget({ id: _id, cases = [] }, keeps) {
      // of a guest nothing is noted: there is nothing in a backup
      if (await people.findOne({ _id }, { projection: { _id: 1 } })) await erased.note({ kind: "person", id: _id });
      await model.updateOne({ _id }, { $unset: FORGOTTEN });
      if (!keeps.case) await people.deleteOne({ _id, cases: [...cases] });
      await guests.forget(_id);
    },
  };
}
