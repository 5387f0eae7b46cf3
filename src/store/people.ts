import { type Connection, Schema } from "mongoose";
import type { Details, Language, Person } from "../domain/accident.ts";
import { serialise } from "../domain/agreement.ts";
import { bytesOf } from "./accident-document.ts";
import type { Vault } from "./vault.ts";

/** Who has ever spoken to the account: found by a keyed hash, the openid and what he used last time sealed. */
export interface People {
  /** Knows him from now on. */
  see(openid: string): Promise<Person>;
  find(personId: string): Promise<Person | null>;
  setLanguage(personId: string, language: Language): Promise<void>;
  /** Keeps what he entered, to be offered next time. */
  remember(personId: string, details: Details): Promise<void>;
  lastDetails(personId: string): Promise<Details | null>;
}

interface PersonDocument {
  _id: string;
  sealedOpenid: unknown;
  language: Language;
  sealedDetails?: unknown;
  seenAt: Date;
}

const schema = new Schema<PersonDocument>(
  { _id: String, sealedOpenid: Buffer, language: String, sealedDetails: Buffer, seenAt: Date },
  { collection: "people", versionKey: false, autoIndex: false, autoCreate: false },
);

export function createPeople(connection: Connection, vault: Vault, now: () => Date): People {
  const model = connection.model("Person", schema);
  const open = (document: PersonDocument): Person => ({
    id: document._id,
    openid: vault.openOwn(`person/${document._id}`, bytesOf(document.sealedOpenid)),
    language: document.language,
  });
  return {
    async see(openid) {
      const id = vault.personId(openid);
      const sealedOpenid = vault.sealOwn(`person/${id}`, openid);
      const update = { $set: { seenAt: now() }, $setOnInsert: { sealedOpenid, language: "zh" as const } };
      const document = await model
        .findOneAndUpdate({ _id: id }, update, { upsert: true, returnDocument: "after" })
        .lean<PersonDocument>();
      return open(document as PersonDocument);
    },
    async find(personId) {
      const document = await model.findOne({ _id: personId }).lean<PersonDocument>();
      return document && open(document);
    },
    async setLanguage(personId, language) {
      await model.updateOne({ _id: personId }, { $set: { language } });
    },
    async remember(personId, details) {
      const sealedDetails = vault.sealOwn(`details/${personId}`, serialise(details));
      await model.updateOne({ _id: personId }, { $set: { sealedDetails } });
    },
    async lastDetails(personId) {
      const document = await model.findOne({ _id: personId }).lean<PersonDocument>();
      if (!document?.sealedDetails) return null;
      return JSON.parse(vault.openOwn(`details/${personId}`, bytesOf(document.sealedDetails))) as Details;
    },
  };
}
