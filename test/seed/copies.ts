import type { Config } from "../../src/config.ts";
import type { Accident, Party } from "../../src/domain/accident.ts";
import { searchKeys } from "../../src/domain/case-facets.ts";
import type { Dispute } from "../../src/domain/dispute.ts";
import { districtAt } from "../../src/domain/district.ts";
import { letterNumber, yearInChina } from "../../src/domain/letter-number.ts";
import { type AccidentDocument, documentToAccident } from "../../src/store/accident-document.ts";
import { newDocument } from "../../src/store/accident-writer.ts";
import { bare } from "../../src/store/bulk.ts";
import { listedRows } from "../../src/store/case-listing.ts";
import { grouped } from "../../src/store/grouped.ts";
import { hashedKey, type Lookup, lookupsOf } from "../../src/store/lookups.ts";
import type { Vault } from "../../src/store/vault.ts";
import { idOf, liveOf, nameOf, sequenceOf, YEAR_MS } from "./cases.ts";
import { aDriver, aPlace } from "./city.ts";
import type { Target } from "./main.ts";
import { type Random, randomOf, seedOf } from "./random.ts";
import { severalAtOnce } from "./several-at-once.ts";
import { sortedRows } from "./sorted-rows.ts";

export interface CopyOrder {
  seed: number;
  /** how many cases `seed` has written whole */
  whole: number;
  /** how many there are to be */
  cases: number;
}

interface Making extends CopyOrder {
  config: Config;
  vault: Vault;
}

type Accidents = ReturnType<typeof bare<AccidentDocument>>;

interface Row {
  _id: string;
  accidentId: string;
  /** of the listing */
  since?: number;
}

const READ_AT_ONCE = 50;
const CASES_AT_ONCE = 200;
const ROWS_AT_ONCE = 5_000;
const UNDER_WAY = 3;
/** What is lost with the database is made anew. */
const FAST = { ordered: false, writeConcern: { w: 1 } } as const;
/** What the desk finds cases by, beside the listing. */
const DESK_KINDS: readonly Lookup["kind"][] = ["number", "plate", "phone", "letter"];

/**
 * Adds copies of whole seeded cases that are over, to measure the desk's pages over a million: written are
 * only the two collections that queue, search and file read, and of the lookups those that they ask for. A
 * copy is sealed under a key of its own and is found and opened as a case of its own; its history, claims and
 * people are its template's, so its chain of events does not verify. All lookups come last, in the order of
 * their ids, so that each page of that index is written once. `tell` hears how many are done; a case counts
 * half with its document and half with its lookups.
 */
export async function copyCases(
  { connection, vault }: Pick<Target, "connection" | "vault">,
  config: Config,
  order: CopyOrder,
  tell: (done: number) => void,
): Promise<void> {
  const accidents = bare<AccidentDocument>(connection, "accidents");
  const lookups = bare<Row>(connection, "lookups");
  const making = { ...order, config, vault };
  const writing = severalAtOnce(UNDER_WAY);
  const rows = sortedRows(bucketOf);
  let [copies, led] = [0, 0];
  for await (const some of grouped(copiesOf(accidents, making), CASES_AT_ONCE)) {
    const documents = some.map((copy) => documentOf(copy, making));
    for (const copy of some) rows.add(leadingTo(copy, making));
    await writing.start(() => accidents.insertMany(documents, FAST));
    copies += some.length;
    tell(Math.floor(copies / 2));
  }
  const total = rows.count();
  for (const ids of rows.inOrder(ROWS_AT_ONCE)) {
    await writing.start(() => lookups.insertMany(ids.map(rowOf), FAST));
    led += ids.length;
    tell(Math.floor((copies / 2) * (1 + led / total)));
  }
  await writing.end();
}

/** As many copies of each case that is over, between its opening and that of the next one. */
async function* copiesOf(accidents: Accidents, making: Making): AsyncGenerator<Accident> {
  const { seed, whole, cases, vault } = making;
  const templates = whole - liveOf(whole);
  const firstOf = (template: number) => whole + Math.floor((template * (cases - whole)) / templates);
  for (let from = 0; from < templates; from += READ_AT_ONCE) {
    const indexes = Array.from({ length: Math.min(READ_AT_ONCE, templates - from) }, (_, at) => from + at);
    const found = await accidents.find({ _id: { $in: indexes.map((index) => idOf(seed, index)) } }).toArray();
    const documents = new Map(found.map((document) => [document._id, document]));
    for (const template of indexes) {
      const accident = documentToAccident(documents.get(idOf(seed, template))!, vault);
      const [first, end] = [firstOf(template), firstOf(template + 1)];
      for (let index = first; index < end; index++)
        yield copyOf(accident, (index - first + 1) / (end - first + 1), index, making);
    }
  }
}

/** `share`: how far its opening lies between that of its template and the next one. */
function copyOf(template: Accident, share: number, index: number, making: Making): Accident {
  const { seed, whole, config, vault } = making;
  const random = randomOf(seedOf(seed, index));
  const openedAt = new Date(Math.floor(template.openedAt.getTime() + (share * YEAR_MS) / whole));
  const name = nameOf(seed, index, openedAt);
  const { position, address } = aPlace(random, config.rules.districts);
  const positions = { A: position, B: null };
  const { A, B } = template.parties;
  return {
    ...{ ...template, ...name, openedAt, key: vault.newKey(name.id).key },
    district: districtAt(positions, config.rules.districts),
    scene: { ...template.scene, positions, address },
    parties: { A: anotherDriver(A, random), B: B && anotherDriver(B, random) },
    dispute: template.dispute && withLettersOf(index, template.dispute, making),
  };
}

const anotherDriver = (party: Party, random: Random): Party => ({
  ...party,
  details: party.details && aDriver(random, [party.details.insurerCode]),
});

const withLettersOf = (index: number, dispute: Dispute, { seed, config }: Making): Dispute => ({
  ...dispute,
  determinations: dispute.determinations.map((letter) => {
    const year = yearInChina(letter.issuedAt);
    return { ...letter, number: letterNumber(config.police.authority.code, year, sequenceOf(seed, index)) };
  }),
});

const documentOf = (copy: Accident, { vault, config }: Making): AccidentDocument =>
  newDocument(copy, vault.wrap(copy.id, copy.key), { vault, catalogue: config.rules.catalogue });

/** Ids of the lookups by which the desk finds the copy. */
function leadingTo(copy: Accident, { vault, config }: Making): string[] {
  const exact = lookupsOf(copy).filter(({ kind }) => DESK_KINDS.includes(kind));
  const listed = listedRows(vault, copy, searchKeys(copy, config.rules.catalogue));
  return [...exact.map((lookup) => `${hashedKey(vault, lookup)}/${copy.id}`), ...listed.map(({ _id }) => _id)];
}

/** Kind, and the first character of the hash. */
const bucketOf = (id: string): string => id.slice(0, id.indexOf("/") + 2);

/** The row that belongs to an id, which names all that is in it. */
function rowOf(_id: string): Row {
  const [kind, , ...rest] = _id.split("/");
  if (kind !== "listed") return { _id, accidentId: rest[0]! };
  return { _id, accidentId: rest[1]!, since: Number(rest[2]) };
}
