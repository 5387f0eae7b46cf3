import { type Connection, type Model, Schema } from "mongoose";
import type { Details, Language, Person } from "../domain/accident.ts";
import { serialise } from "../domain/agreement.ts";
import { bytesOf } from "./accident-document.ts";
import type { Vault } from "./vault.ts";

/** Who has ever spoken to the account: found by a keyed hash, the openid and what he used last time sealed. */
export interface People {
  /** Knows him from now on; what he did (`by`) opens the window in which we may speak to him. One operation: every push passes here. */
  see(openid: string, by?: string): Promise<Person>;
  find(personId: string): Promise<Person | null>;
  setLanguage(personId: string, language: Language): Promise<void>;
  /** Keeps what he entered, to be offered next time. */
  remember(personId: string, details: Details): Promise<void>;
  lastDetails(personId: string): Promise<Details | null>;
  /** What no channel would carry now: said together with the next answer. The five newest are kept. */
  keepUnsaid(personId: string, text: string): Promise<void>;
  /** Takes what was kept, once. */
  takeUnsaid(personId: string): Promise<string[]>;
}

const UNSAID_LIMIT = 5;

interface PersonDocument {
  _id: string;
  sealedOpenid: unknown;
  language: Language;
  sealedDetails?: unknown;
  seenAt: Date;
  unsaid?: unknown[];
  windows?: Partial<Record<string, SayWindow>>;
}

/** How many messages may still be said until when. */
interface SayWindow {
  left: number;
  until: Date;
}

/** What each act of a person opens: the platform's own table, given by whoever wires. */
export type Openings = Readonly<Record<string, { name: string; count: number; lastsMs: number }>>;

const windowSchema = { left: Number, until: Date };
const schema = new Schema<PersonDocument>(
  {
    _id: String,
    sealedOpenid: Buffer,
    language: String,
    sealedDetails: Buffer,
    seenAt: Date,
    unsaid: [Buffer],
    windows: { message: windowSchema, brief: windowSchema },
  },
  { collection: "people", versionKey: false, autoIndex: false, autoCreate: false },
);

export interface PeopleOptions {
  connection: Connection;
  vault: Vault;
  now: () => Date;
  openings: Openings;
}

export function createPeople({ connection, vault, now, openings }: PeopleOptions): People & SayWindows {
  const model = connection.model("Person", schema) as unknown as Model<PersonDocument>;
  const open = (document: PersonDocument): Person => ({
    id: document._id,
    openid: vault.openOwn(`person/${document._id}`, bytesOf(document.sealedOpenid)),
    language: document.language,
    ...(document.unsaid?.length && { hasUnsaid: true }),
  });
  return {
    ...sayWindows(model, vault),
    async see(openid, by) {
      const id = vault.personId(openid);
      const sealedOpenid = vault.sealOwn(`person/${id}`, openid);
      const opened = openedBy(openings, by, now());
      const update = { $set: { seenAt: now(), ...opened }, $setOnInsert: { sealedOpenid, language: "zh" as const } };
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
    async keepUnsaid(personId, text) {
      const sealed = vault.sealOwn(`unsaid/${personId}`, text);
      await model.updateOne({ _id: personId }, { $push: { unsaid: { $each: [sealed], $slice: -UNSAID_LIMIT } } });
    },
    async takeUnsaid(personId) {
      const before = await model.findOneAndUpdate({ _id: personId }, { $unset: { unsaid: 1 } }).lean<PersonDocument>();
      return (before?.unsaid ?? []).map((sealed) => vault.openOwn(`unsaid/${personId}`, bytesOf(sealed)));
    },
  };
}

function openedBy(openings: Openings, by: string | undefined, at: Date): Record<string, SayWindow> {
  const opening = by === undefined ? undefined : openings[by];
  if (!opening) return {};
  const until = new Date(at.getTime() + opening.lastsMs);
  return { [`windows.${opening.name}`]: { left: opening.count, until } };
}

/** The port of wechat/ for what may still be said; times there are milliseconds since 1970. */
export interface SayWindows {
  openWindow(openid: string, name: string, window: { left: number; until: number }): Promise<void>;
  takeFrom(openid: string, name: string, at: number): Promise<boolean>;
  windows(openid: string): Promise<Partial<Record<"message" | "brief", { left: number; until: number }>>>;
  closeWindows(openid: string): Promise<void>;
}

function sayWindows(model: Model<PersonDocument>, vault: Vault): SayWindows {
  return {
    async openWindow(openid, name, { left, until }) {
      const earlier = { _id: vault.personId(openid), [`windows.${name}.until`]: { $not: { $gt: new Date(until) } } };
      await model.updateOne(earlier, { $set: { [`windows.${name}`]: { left, until: new Date(until) } } });
    },
    async takeFrom(openid, name, at) {
      const open = {
        _id: vault.personId(openid),
        [`windows.${name}.left`]: { $gt: 0 },
        [`windows.${name}.until`]: { $gt: new Date(at) },
      };
      return (await model.updateOne(open, { $inc: { [`windows.${name}.left`]: -1 } })).matchedCount === 1;
    },
    async windows(openid) {
      const found = await model.findOne({ _id: vault.personId(openid) }, { windows: 1 }).lean<PersonDocument>();
      const entries = Object.entries(found?.windows ?? {}).flatMap(([name, window]) =>
        window ? [[name, { left: window.left, until: window.until.getTime() }]] : [],
      );
      return Object.fromEntries(entries);
    },
    async closeWindows(openid) {
      await model.updateOne({ _id: vault.personId(openid) }, { $unset: { windows: 1 } });
    },
  };
}
