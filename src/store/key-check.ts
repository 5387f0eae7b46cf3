import type { Connection } from "mongoose";
import { bare } from "./bulk.ts";
import { unlessThere } from "./duplicate.ts";
import type { LegacySeals } from "./migrations/legacy-seals.ts";
import { bytesOf } from "./sealing.ts";
import { placeIn } from "./shapes.ts";
import { openedOrNull, type Vault } from "./vault.ts";

interface CheckDocument {
  _id: "data-key";
  check: string;
}

/** The key of keyed hashes: that of the first DATA_KEY, sealed under the present one. */
interface HashKeyDocument {
  _id: "hash-key";
  sealed: unknown;
}

interface SealedRow {
  _id: string;
  wrappedKey?: unknown;
  sealedOpenid?: unknown;
}

/** Samples of data without a check value: one that opens is enough, since some may be damaged. */
const SAMPLES = 10;

/**
 * Tells whether this database was written under the vault's DATA_KEY, or the one that is accepted beside
 * it, and gives the vault the database's key of keyed hashes. On a new database the first of several
 * processes decides. Writes nothing where the key is wrong; run it before anything else writes.
 */
export async function isKeyOf(connection: Connection, vault: Vault, legacy: LegacySeals): Promise<boolean> {
  if ((await keysOf(connection).findOne({ _id })) === null) {
    const found = await findCheck(connection, vault, legacy);
    if (found === false) return false;
    const check = found ?? vault.checkValue();
    await keysOf(connection).updateOne({ _id }, { $setOnInsert: { check } }, { upsert: true }).catch(unlessThere);
  }
  const known = await keysOf(connection).findOne({ _id });
  return known !== null && vault.knows(known.check) && takeHashKey(connection, vault, known.check);
}

/** As isKeyOf, without a decision on a new database, where it returns null. Writes nothing. */
export async function compareKey(connection: Connection, vault: Vault, legacy: LegacySeals): Promise<boolean | null> {
  const known = await keysOf(connection).findOne({ _id });
  if (known) return vault.knows(known.check);
  const found = await findCheck(connection, vault, legacy);
  return found === null ? null : found !== false;
}

const _id = "data-key" as const;
const keysOf = (connection: Connection) => bare<CheckDocument>(connection, "keys");

/**
 * Gives the vault the key of keyed hashes. A database that has none yet gets that of the DATA_KEY with this
 * check value. Returns false where it does not open.
 */
async function takeHashKey(connection: Connection, vault: Vault, check: string): Promise<boolean> {
  const keys = bare<HashKeyDocument>(connection, "keys");
  const _id = "hash-key" as const;
  if (!(await keys.findOne({ _id }))) {
    const sealed = vault.sealOwn(HASH_KEY_PLACE, vault.hashKeyOf(check));
    await keys.insertOne({ _id, sealed }).catch(unlessThere);
  }
  const { sealed } = (await keys.findOne({ _id })) as HashKeyDocument;
  const hashKey = openedOrNull(() => vault.openOwn(HASH_KEY_PLACE, bytesOf(sealed)));
  if (hashKey !== null) vault.hashWith(hashKey);
  return hashKey !== null;
}

const HASH_KEY_PLACE = placeIn("keys", "hash-key", "sealed");

/**
 * Returns the check value of the key under which a database without one was written: its hashes are of that
 * key. false: of none of the keys; null: nothing sealed is there to try.
 */
async function findCheck(connection: Connection, vault: Vault, legacy: LegacySeals): Promise<string | false | null> {
  const sealed = { limit: SAMPLES, projection: { wrappedKey: 1, sealedOpenid: 1 } };
  const cases = await bare<SealedRow>(connection, "accidents")
    .find({ wrappedKey: { $ne: null } }, sealed)
    .toArray();
  const people = await bare<SealedRow>(connection, "people")
    .find({ sealedOpenid: { $ne: null } }, sealed)
    .toArray();
  const tries: (() => number)[] = [
    ...cases.flatMap(({ _id, wrappedKey }) => triesOfKey({ vault, legacy }, _id, bytesOf(wrappedKey))),
    ...people.flatMap(({ _id, sealedOpenid }) => triesOfOpenid({ vault, legacy }, _id, bytesOf(sealedOpenid))),
  ];
  for (const attempt of tries) {
    const at = openedOrNull(attempt);
    if (at !== null) return vault.checkValues()[at] as string;
  }
  return tries.length === 0 ? null : false;
}

/** Each opens a sample, and returns which key has opened it, in the order of the vault's check values. */
function triesOfKey({ vault, legacy }: Openers, id: string, wrapped: Uint8Array): (() => number)[] {
  const withVault = () => {
    vault.unwrap(id, wrapped);
    return vault.wrapAnew(id, wrapped) === null ? 0 : 1;
  };
  const withLegacy = legacy.each.map((one, at) => () => {
    one.unwrap(wrapped);
    return at;
  });
  return [withVault, ...withLegacy];
}

function triesOfOpenid({ vault, legacy }: Openers, id: string, sealed: Uint8Array): (() => number)[] {
  const place = placeIn("people", id, "openid");
  const withVault = () => {
    vault.openOwn(place, sealed);
    return vault.sealOwnAnew(place, sealed) === null ? 0 : 1;
  };
  const withLegacy = legacy.each.map((one, at) => () => {
    one.openOwn(`person/${id}`, sealed);
    return at;
  });
  return [withVault, ...withLegacy];
}

interface Openers {
  vault: Vault;
  legacy: LegacySeals;
}
