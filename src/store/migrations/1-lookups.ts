import type { Connection } from "mongoose";
import { bare } from "../bulk.ts";
import type { Vault } from "../vault.ts";

/** Opened values by the field in which they were sealed. */
export type Places = Record<string, unknown>;

interface Row {
  _id: string;
  number: string;
  parts: {
    parties: { A: Party; B: Party | null };
    claims: { ref: string }[];
    ended: unknown;
    concludedAt: Date | null;
  };
  places: Places;
}

interface Party {
  identity: { personId: string };
  joinedAt: Date;
}

interface LookupRow {
  _id: string;
  accidentId: string;
  personId?: string;
  at?: Date;
}

/** Writes what leads to an accident: before its own document loses what it was found by. Safe to repeat. */
export async function leadTo(connection: Connection, row: Row, vault: Vault): Promise<void> {
  const lookups = bare<LookupRow>(connection, "lookups");
  const { _id: accidentId, parts } = row;
  const keyOf = (kind: string, value: string) => `${kind}/${vault.lookupHash(kind, value)}`;
  const put = ({ _id, ...set }: LookupRow) => lookups.updateOne({ _id }, { $set: set }, { upsert: true });
  for (const [kind, value] of valuesOf(row)) await put({ _id: `${keyOf(kind, value)}/${accidentId}`, accidentId });
  const { A, B } = parts.parties;
  const isRunning = parts.ended === null && parts.concludedAt === null;
  if (isRunning) await put({ _id: keyOf("opener", A.identity.personId), accidentId });
  for (const { identity, joinedAt: at } of B ? [A, B] : [A]) {
    const { personId } = identity;
    await put({ _id: `${keyOf("person", personId)}/${accidentId}`, accidentId, personId, at });
    const unlisted = { _id: personId, "cases.id": { $ne: accidentId } };
    await bare<{ _id: string; cases: object[] }>(connection, "people").updateOne(unlisted, {
      $push: { cases: { id: accidentId, at } },
    });
  }
}

function valuesOf({ number, parts, places }: Row): [kind: string, value: string][] {
  const invitation = places["invitation"] as { code: string; digits: string } | undefined;
  const details = ["A", "B"].flatMap((letter) => {
    const party = places[`party/${letter}`] as { details: { plate: string; phone: string } | null } | undefined;
    return party?.details ? [party.details] : [];
  });
  return [
    ["number", number],
    ...(invitation ? [invitation.code, invitation.digits] : []).map(
      (value) => ["invitation", value] as [string, string],
    ),
    ...parts.claims.map(({ ref }) => ["claim", ref] as [string, string]),
    ...details.flatMap(({ plate, phone }): [string, string][] => [
      ["plate", plate],
      ["phone", phone],
    ]),
  ];
}
