import type { Connection } from "mongoose";
import { type Accident, isRunning } from "../domain/accident.ts";
import { bare, insertFresh } from "./bulk.ts";
import { repeatable } from "./repeat.ts";
import type { Vault } from "./vault.ts";

/**
 * What an accident is found by. `opener` is a lock (`opener.ts`): the one case that a person has opened and
 * that still runs.
 */
export type LookupKind =
  | "number"
  | "person"
  | "opener"
  | "invitation"
  | "claim"
  | "plate"
  | "phone"
  | "letter"
  | "listed";

export interface Lookup {
  kind: LookupKind;
  value: string;
}

export interface LookupDocument {
  /** kind/keyed hash of the value/accident; without the accident where only one may have the value */
  _id: string;
  accidentId: string;
  /** of a person: who, and when they came into the case */
  personId?: string;
  at?: Date;
}

/**
 * Finds accidents by keyed hashes, in a collection of their own. A lookup is written before the accident that
 * it leads to, and removed only with the accident's erasure; so none is ever missing, and one that leads
 * nowhere (a crash between the two writes, a value that was corrected since) is told by reading the accident.
 */
export interface Lookups {
  /** Idempotent. */
  add(accidentId: string, lookups: readonly Lookup[]): Promise<void>;
  /** ids of the accidents that may have this value, at most `limit` */
  find(lookup: Lookup, limit?: number): Promise<string[]>;
  removeOf(accidentId: string): Promise<void>;
}

export const hashedKey = (vault: Vault, { kind, value }: Lookup): string => `${kind}/${vault.lookupHash(kind, value)}`;

/** A range, which the index of the ids answers: the accidents are named behind the key. */
export const startingWith = (prefix: string) => ({ $gte: prefix, $lt: `${prefix}\u{10ffff}` });

export async function createLookups(connection: Connection, vault: Vault): Promise<Lookups> {
  const collection = bare<LookupDocument>(connection, "lookups");
  await collection.createIndex({ accidentId: 1 });
  return {
    async add(accidentId, lookups) {
      if (lookups.length === 0) return;
      const documents = lookups.map((lookup) => ({ _id: `${hashedKey(vault, lookup)}/${accidentId}`, accidentId }));
      await repeatable(() => insertFresh(collection.insertMany(documents, { ordered: false })));
    },
    async find(lookup, limit) {
      const range = { _id: startingWith(`${hashedKey(vault, lookup)}/`) };
      const found = await collection.find(range, { ...(limit && { limit }) }).toArray();
      return found.map(({ accidentId }) => accidentId);
    },
    async removeOf(accidentId) {
      await collection.deleteMany({ accidentId });
    },
  };
}

/** What this accident is found by at present; its people are found otherwise (`person-cases.ts`). */
export function lookupsOf(accident: Accident): Lookup[] {
  const { number, invitation, claims, parties, dispute } = accident;
  const letters = [...(dispute?.determinations ?? []), ...(dispute?.spotLetter ? [dispute.spotLetter] : [])];
  const details = [parties.A, parties.B].flatMap((party) => (party?.details ? [party.details] : []));
  return [
    { kind: "number", value: number },
    // There are a million of the six digits only: those of a case that is over are free for another.
    ...(invitation
      ? [invitation.code, ...(isRunning(accident) ? [invitation.digits] : [])].map((value) => of("invitation", value))
      : []),
    ...claims.map(({ ref }) => of("claim", ref)),
    ...letters.map((letter) => of("letter", letter.number)),
    ...details.flatMap(({ plate, phone }) => [of("plate", plate), of("phone", phone)]),
  ];
}

const of = (kind: LookupKind, value: string): Lookup => ({ kind, value });

export const isSame = (one: Lookup, other: Lookup): boolean => one.kind === other.kind && one.value === other.value;
