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

interface SealedRow {
  _id: string;
  wrappedKey?: unknown;
  sealedOpenid?: unknown;
}

/** Samples of data without a check value: one that opens is enough, since some may be damaged. */
const SAMPLES = 10;

/**
 * Tells whether the vault's DATA_KEY is the one under which this database was written. On a new database the
 * first of several processes decides. Writes nothing where the key is wrong; run it before anything else
 * writes.
 */
export async function isKeyOf(connection: Connection, vault: Vault, legacy: LegacySeals): Promise<boolean> {
  const known = await isKnown(connection, vault);
  if (known !== null) return known;
  if ((await opens(connection, vault, legacy)) === false) return false;
  const check = vault.checkValue();
  await keysOf(connection).updateOne({ _id }, { $setOnInsert: { check } }, { upsert: true }).catch(unlessThere);
  return (await isKnown(connection, vault)) === true;
}

/** As isKeyOf, without a decision on a new database, where it returns null. Writes nothing. */
export const compareKey = async (connection: Connection, vault: Vault, legacy: LegacySeals): Promise<boolean | null> =>
  (await isKnown(connection, vault)) ?? opens(connection, vault, legacy);

const _id = "data-key" as const;
const keysOf = (connection: Connection) => bare<CheckDocument>(connection, "keys");

/** Compares the check values; null: the database has none yet. */
async function isKnown(connection: Connection, vault: Vault): Promise<boolean | null> {
  const known = await keysOf(connection).findOne({ _id });
  return known ? known.check === vault.checkValue() : null;
}

/** Returns null where nothing sealed is there to try. */
async function opens(connection: Connection, vault: Vault, legacy: LegacySeals): Promise<boolean | null> {
  const sealed = { limit: SAMPLES, projection: { wrappedKey: 1, sealedOpenid: 1 } };
  const cases = await bare<SealedRow>(connection, "accidents")
    .find({ wrappedKey: { $ne: null } }, sealed)
    .toArray();
  const people = await bare<SealedRow>(connection, "people")
    .find({ sealedOpenid: { $ne: null } }, sealed)
    .toArray();
  const tries: (() => unknown)[] = [
    ...cases.flatMap(({ _id, wrappedKey }) => [
      () => vault.unwrap(_id, bytesOf(wrappedKey)),
      () => legacy.unwrap(bytesOf(wrappedKey)),
    ]),
    ...people.flatMap(({ _id, sealedOpenid }) => [
      () => vault.openOwn(placeIn("people", _id, "openid"), bytesOf(sealedOpenid)),
      () => legacy.openOwn(`person/${_id}`, bytesOf(sealedOpenid)),
    ]),
  ];
  return tries.length === 0 ? null : tries.some((open) => openedOrNull<unknown>(open) !== null);
}
