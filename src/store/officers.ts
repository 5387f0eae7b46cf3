import { createHash } from "node:crypto";
import type { Connection } from "mongoose";
import type { Officer, Role } from "../domain/officer.ts";
import { Conflict } from "../errors.ts";
import { bare } from "./bulk.ts";
import { isDuplicate } from "./duplicate.ts";
import { bytesOf } from "./sealing.ts";
import { placeIn } from "./shapes.ts";
import type { Vault } from "./vault.ts";

/** Accounts of the desk, by a keyed hash of the police number; number, name and second factor are sealed. */
export interface Officers {
  /**
   * Makes an account, or makes an open or closed one anew: its password and second factor end. Throws
   * Conflict "officer-exists" for an active one.
   */
  invite(officer: NewOfficer): Promise<Officer>;
  find(id: string): Promise<Officer | null>;
  list(): Promise<Officer[]>;
  /** Role and district of the active ones among these; nothing that names them is opened. */
  listPosts(ids: readonly string[]): Promise<Pick<Officer, "role" | "district">[]>;
  /** The account with this number and its proofs; null where nobody has it or it is not active. */
  findProofs(number: string): Promise<Proofs | null>;
  /** The account to which this living invitation leads, and its second factor. */
  findInvited(token: string, at: Date): Promise<{ officer: Officer; secret: string } | null>;
  /** Activates an invited account; false: the invitation was used or has expired. */
  activate(token: string, given: { passwordHash: string; step: number }, at: Date): Promise<boolean>;
  /** Uses up a step of the second factor; false: it was used, or a later one was. */
  takeStep(id: string, step: number): Promise<boolean>;
  /** Closes the account and ends its invitation; false: there is no such account, or it is closed. */
  close(id: string): Promise<boolean>;
  idOf(number: string): string;
}

export interface Proofs {
  officer: Officer;
  passwordHash: string;
  secret: string;
  /** the last step of the second factor that was used */
  step: number;
}

export interface NewOfficer extends Pick<Officer, "number" | "name" | "role" | "district"> {
  /** of the link by which the account is set up */
  token: string;
  until: Date;
  secret: string;
}

interface OfficerDocument {
  _id: string;
  sealedNumber: unknown;
  sealedName: unknown;
  sealedSecret: unknown;
  role: Role;
  district: string | null;
  state: Officer["state"];
  passwordHash: string | null;
  /** the last step of time whose code was used */
  step: number;
  invitation: { hash: string; until: Date } | null;
}

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");
const numberOf = (typed: string) => typed.trim().toUpperCase();

/** What of an account is sealed, and how it is read. */
function sealing(vault: Vault) {
  const place = (id: string, field: string) => placeIn("officers", id, field);
  const opened = (id: string, field: string, sealed: unknown) => vault.openOwn(place(id, field), bytesOf(sealed));
  const officerOf = ({ _id: id, role, district, state, sealedNumber, sealedName }: OfficerDocument): Officer => ({
    id,
    number: opened(id, "number", sealedNumber),
    name: opened(id, "name", sealedName),
    role,
    district,
    state,
  });
  return {
    officerOf,
    withSecret: (document: OfficerDocument) => ({
      officer: officerOf(document),
      secret: opened(document._id, "secret", document.sealedSecret),
    }),
    sealed: (id: string, { number, name, secret }: NewOfficer) => ({
      sealedNumber: vault.sealOwn(place(id, "number"), numberOf(number)),
      sealedName: vault.sealOwn(place(id, "name"), name),
      sealedSecret: vault.sealOwn(place(id, "secret"), secret),
    }),
  };
}

export async function createOfficers(connection: Connection, vault: Vault): Promise<Officers> {
  const collection = bare<OfficerDocument>(connection, "officers");
  await collection.createIndex({ "invitation.hash": 1 });
  const { officerOf, withSecret, sealed } = sealing(vault);
  const idOf = (number: string) => vault.lookupHash("officer", numberOf(number));
  return {
    idOf,
    async invite(officer) {
      const { role, district, token, until } = officer;
      const id = idOf(officer.number);
      const fresh = {
        ...sealed(id, officer),
        role,
        district,
        state: "invited" as const,
        passwordHash: null,
        step: 0,
        invitation: { hash: hashOf(token), until },
      };
      const document = { _id: id, ...fresh };
      try {
        await collection.insertOne(document);
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        const again = await collection.updateOne({ _id: id, state: { $ne: "active" } }, { $set: fresh });
        if (again.matchedCount === 0) throw new Conflict("officer-exists", { field: "number" });
      }
      return officerOf(document);
    },
    async find(id) {
      const found = await collection.findOne({ _id: id });
      return found && officerOf(found);
    },
    async list() {
      return (await collection.find({}).toArray()).map(officerOf);
    },
    async listPosts(ids) {
      const active = { _id: { $in: [...ids] }, state: "active" as const };
      const found = await collection.find(active, { projection: { role: 1, district: 1 } }).toArray();
      return found.map(({ role, district }) => ({ role, district }));
    },
    async findProofs(number) {
      const found = await collection.findOne({ _id: idOf(number) });
      if (found?.state !== "active" || found.passwordHash === null) return null;
      return { ...withSecret(found), passwordHash: found.passwordHash, step: found.step };
    },
    async findInvited(token, at) {
      const found = await collection.findOne({ "invitation.hash": hashOf(token) });
      return found?.invitation && found.invitation.until > at ? withSecret(found) : null;
    },
    async activate(token, { passwordHash, step }, at) {
      const living = { "invitation.hash": hashOf(token), "invitation.until": { $gt: at } };
      const active = { state: "active" as const, passwordHash, step, invitation: null };
      return (await collection.updateOne(living, { $set: active })).matchedCount === 1;
    },
    async takeStep(id, step) {
      return (await collection.updateOne({ _id: id, step: { $lt: step } }, { $set: { step } })).modifiedCount === 1;
    },
    async close(id) {
      const open = { _id: id, state: { $ne: "closed" as const } };
      const closed = { state: "closed" as const, passwordHash: null, invitation: null };
      return (await collection.updateOne(open, { $set: closed })).modifiedCount === 1;
    },
  };
}
