import type { Connection } from "mongoose";
import { type Accident, LETTERS } from "../../src/domain/accident.ts";
import { searchKeys } from "../../src/domain/case-facets.ts";
import { yearInChina } from "../../src/domain/letter-number.ts";
import type { Catalogue } from "../../src/domain/liability.ts";
import type { AccidentDocument } from "../../src/store/accident-document.ts";
import { newDocument } from "../../src/store/accident-writer.ts";
import { bare } from "../../src/store/bulk.ts";
import { listedRows } from "../../src/store/case-listing.ts";
import { hashedKey, lookupsOf } from "../../src/store/lookups.ts";
import type { Vault } from "../../src/store/vault.ts";

const AT_ONCE = 250;

export interface BulkWriter {
  add(accident: Accident): Promise<void>;
  /** Writes what is left. */
  end(): Promise<void>;
}

type Row = { _id: string } & Record<string, unknown>;

/**
 * Writes whole cases and all that leads to them, in the store's own form, many at once: what would take
 * hours through the actions. An id that is there already is refused by the database.
 */
export function createBulkWriter(
  connection: Connection,
  { vault, catalogue }: { vault: Vault; catalogue: Catalogue },
): BulkWriter {
  const accidents = bare<AccidentDocument>(connection, "accidents");
  const lookups = bare<Row>(connection, "lookups");
  const numbers = bare<Row>(connection, "letter_numbers");
  let documents: AccidentDocument[] = [];
  let rows: Row[] = [];
  let letters: Row[] = [];
  let writing: Promise<unknown> = Promise.resolve();
  const insert = async (some: AccidentDocument[], { leading, taken }: Record<"leading" | "taken", Row[]>) => {
    if (some.length === 0) return;
    if (taken.length > 0) await numbers.insertMany(taken, { ordered: false });
    await lookups.insertMany(leading, { ordered: false });
    await accidents.insertMany(some, { ordered: false });
  };
  /** Hands over what was collected, once the batch before is in: the next one is made meanwhile. */
  const flush = async () => {
    await writing;
    writing = insert(documents, { leading: rows, taken: letters });
    writing.catch(() => {});
    [documents, rows, letters] = [[], [], []];
  };
  return {
    async add(accident) {
      const wrapped = vault.wrap(accident.id, accident.key);
      documents.push(newDocument(accident, wrapped, { vault, catalogue }));
      rows.push(...leadingTo(accident, vault, catalogue));
      letters.push(...takenBy(accident));
      if (documents.length >= AT_ONCE) await flush();
    },
    async end() {
      await flush();
      await writing;
    },
  };
}

/** The numbers of the case's letters, as the desk lists them. */
const takenBy = ({ id: accidentId, dispute }: Accident): Row[] =>
  (dispute?.determinations ?? []).map(({ number: _id, content, by, issuedAt }) => {
    const { code: authority } = content.authority;
    const year = yearInChina(issuedAt);
    const seq = Number(_id.slice(`${authority}${year}`.length));
    return { _id, authority, year, seq, state: "issued", accidentId, by, takenAt: issuedAt, issuedAt, voided: null };
  });

function leadingTo(accident: Accident, vault: Vault, catalogue: Catalogue): Row[] {
  const { id: accidentId, parties } = accident;
  const people = LETTERS.flatMap((letter) => {
    const party = parties[letter];
    if (!party) return [];
    const { personId } = party.identity;
    return [
      {
        _id: `${hashedKey(vault, { kind: "person", value: personId })}/${accidentId}`,
        accidentId,
        at: party.joinedAt,
        personId,
      },
    ];
  });
  const exact = lookupsOf(accident).map((lookup) => ({ _id: `${hashedKey(vault, lookup)}/${accidentId}`, accidentId }));
  return [...people, ...exact, ...listedRows(vault, accident, searchKeys(accident, catalogue))];
}
