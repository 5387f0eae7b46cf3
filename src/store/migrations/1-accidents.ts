import type { Connection } from "mongoose";
import { bare } from "../bulk.ts";
import { bytesOf } from "../sealing.ts";
import { newAccidentKey, openedOrNull } from "../vault.ts";
import { leadTo, type Places } from "./1-lookups.ts";
import { eachOf, type Tools } from "./migration.ts";

/** As the accident was before version 1, as far as it is changed. */
interface AccidentRow {
  _id: string;
  number: string;
  wrappedKey: unknown;
  parts: {
    scene: Sealed;
    parties: { A: PartyRow; B: PartyRow | null };
    photos: (Sealed & { id: string })[];
    invitation: Sealed | null;
    claims: (Sealed & { ref: string })[];
    ended: unknown;
    concludedAt: Date | null;
  };
  outbox: (Sealed & { id: string })[];
  sparesAt?: Date;
}

interface Sealed {
  sealed?: unknown;
}

interface PartyRow extends Sealed {
  identity: { personId: string };
  joinedAt: Date;
}

interface DeliveryRow extends Sealed {
  _id: string;
  accidentId: string;
}

const DIGEST_KEY_AT = 32;
/** What accidents were found by. */
const BEFORE_LOOKUPS = { personIds: 1, invitationHashes: 1, claimRefs: 1, runningOpener: 1 } as const;

/**
 * Seals anew the accidents, their deliveries and files. Each accident gets a new key for sealing and keeps
 * the old one for digests, so that those in its record of events still match. A case that does not open is
 * logged and stays as it is.
 */
export async function sealAccidentsAnew(connection: Connection, tools: Tools) {
  const accidents = bare<AccidentRow>(connection, "accidents");
  const counts = { cases: 0, files: 0, unreadable: 0 };
  for await (const row of eachOf(accidents, tools)) {
    const { _id, number } = row;
    if (!row.wrappedKey) {
      await accidents.updateOne({ _id }, { $unset: BEFORE_LOOKUPS });
      continue;
    }
    const key = await keyOf(connection, row, tools);
    if (!key) {
      tools.log.error({ accidentId: _id, number, code: "case-unreadable" }, "case.unreadable");
      counts.unreadable++;
      continue;
    }
    await sealDeliveriesAnew(connection, { accidentId: _id, key }, tools);
    const openFile = (sha256: string, sealed: Uint8Array) =>
      tools.legacy.open(key.subarray(DIGEST_KEY_AT), `blob/${sha256}`, sealed);
    const files = await tools.blobs.sealAnew({ id: _id, key }, openFile);
    // what was replaced or removed before there was a mark
    await accidents.updateOne({ _id }, { $set: { sparesAt: new Date() } });
    counts.files += files.done;
    counts.unreadable += files.unreadable;
    counts.cases++;
  }
  return counts;
}

/**
 * The key of an accident in the new form; seals the document anew where it is in the old one. null: it does
 * not open.
 */
async function keyOf(connection: Connection, row: AccidentRow, { vault, legacy }: Tools): Promise<Buffer | null> {
  const accidents = bare<AccidentRow>(connection, "accidents");
  for (let at: AccidentRow | null = row; at?.wrappedKey; at = await accidents.findOne({ _id: row._id })) {
    const { _id, wrappedKey } = at;
    const current = openedOrNull(() => vault.unwrap(_id, bytesOf(wrappedKey)));
    if (current) return current;
    const old = openedOrNull(() => legacy.unwrap(bytesOf(wrappedKey)));
    if (!old) return null;
    const key = newAccidentKey(old);
    const places: Places = {};
    const anew = sealedAnew(at, (field, sealed) => {
      const plain = openedOrNull(() => legacy.open(old, `${_id}/${field}`, bytesOf(sealed)));
      if (plain === null) return sealed;
      places[field] = JSON.parse(plain.toString("utf8"));
      return vault.seal(key, `accidents@1/${_id}/${field}`, plain);
    });
    await leadTo(connection, { ...at, places }, vault);
    // Another process may have been first, whose key is another one: then that one is read.
    const update = { $set: { ...anew, wrappedKey: vault.wrap(_id, key) }, $unset: BEFORE_LOOKUPS };
    if ((await accidents.updateOne({ _id, wrappedKey }, update)).matchedCount === 1) return key;
  }
  return null;
}

type Anew = (field: string, sealed: unknown) => unknown;

function sealedAnew({ parts, outbox }: AccidentRow, anew: Anew): Pick<AccidentRow, "parts" | "outbox"> {
  const one = <T extends Sealed>(field: string, value: T): T =>
    value.sealed == null ? value : { ...value, sealed: anew(field, value.sealed) };
  const { scene, parties, photos, invitation, claims } = parts;
  return {
    parts: {
      ...parts,
      scene: one("scene", scene),
      parties: { A: one("party/A", parties.A), B: parties.B && one("party/B", parties.B) },
      photos: photos.map((photo) => one(`photo/${photo.id}`, photo)),
      invitation: invitation && one("invitation", invitation),
      claims: claims.map((claim) => one(`claim/${claim.ref}`, claim)),
    },
    outbox: outbox.map((entry) => one(`outbox/${entry.id}`, entry)),
  };
}

/** Their bodies were sealed in the accident's outbox and copied as they were. */
async function sealDeliveriesAnew(
  connection: Connection,
  { accidentId, key }: { accidentId: string; key: Buffer },
  { vault, legacy }: Tools,
): Promise<void> {
  const deliveries = bare<DeliveryRow>(connection, "deliveries");
  for (const { _id, sealed } of await deliveries.find({ accidentId }).toArray()) {
    const place = `accidents@1/${accidentId}/outbox/${_id}`;
    if (openedOrNull(() => vault.open(key, place, bytesOf(sealed)))) continue;
    const old = `${accidentId}/outbox/${_id}`;
    const plain = openedOrNull(() => legacy.open(key.subarray(DIGEST_KEY_AT), old, bytesOf(sealed)));
    if (plain) await deliveries.updateOne({ _id }, { $set: { sealed: vault.seal(key, place, plain) } });
  }
}
