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
  const keys = bare<CheckDocument>(connection, "keys");
  const [_id, check] = ["data-key" as const, vault.checkValue()];
  const known = await keys.findOne({ _id });
  if (known) return known.check === check;
  if ((await opens(connection, vault, legacy)) === false) return false;
  await keys.updateOne({ _id }, { $setOnInsert: { check } }, { upsert: true }).catch(unlessThere);
  return (await keys.findOne({ _id }))?.check === check;
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
