import type { Connection, mongo } from "mongoose";
import { Conflict, Unreadable } from "../errors.ts";
import { bare } from "./bulk.ts";
import { unlessThere } from "./duplicate.ts";
import { bytesOf } from "./sealing.ts";
import { placeIn } from "./shapes.ts";
import type { Vault } from "./vault.ts";

type Collection = Parameters<typeof placeIn>[0];
type Row = mongo.BSON.Document & { _id: string };

/** Fields that are sealed under DATA_KEY itself: by collection, their paths and their names in `placeIn`. */
const SEALED: readonly [Collection, Record<string, string>][] = [
  ["keys", { sealed: "sealed" }],
  ["accidents", { wrappedKey: "key" }],
  ["people", { sealedOpenid: "openid", sealedDetails: "details", unsaid: "unsaid" }],
  ["officers", { sealedNumber: "number", sealedName: "name", sealedSecret: "secret" }],
  ["feedback", { sealed: "complaint" }],
  ["audit_findings", { sealed: "note" }],
  ["inbox", { sealedReply: "reply", "kept.sealed": "message" }],
  ["tokens", { sealed: "value" }],
];

/** How far a change of DATA_KEY has come, for all processes. */
interface RotationDocument {
  _id: "rotation";
  /** check values of the key under which everything is to be, and of the other */
  keys: string;
  left: number;
  at: { collection: string; id: string } | null;
  endedAt: Date | null;
}

/** Seals anew, under the present DATA_KEY, what is under the one that is accepted beside it. */
export interface Rewrap {
  /** Documents that may be under another key; null: nothing is being changed. */
  countLeft(): Promise<number | null>;
  /**
   * Goes through all documents until a whole round has found none to change; an interrupted run goes on
   * where it was. `tell` hears how many are left of a round. Safe while the service works, and beside a
   * second run.
   */
  run(tell: (left: number) => void): Promise<Rewrapped>;
}

export interface Rewrapped {
  anew: number;
  /** documents with a value that opens under none of the keys: they stay as they are */
  unreadable: number;
}

const PAGE = 200;
/** More means that a process still writes under the other key. */
const MOST_ROUNDS = 20;

export interface RewrapOptions {
  connection: Connection;
  vault: Vault;
  now: () => Date;
  /** a second key is accepted */
  isChanging: boolean;
}

export function createRewrap(options: RewrapOptions): Rewrap {
  const { connection, vault, now, isChanging } = options;
  const keys = bare<RotationDocument>(connection, "keys");
  const _id = "rotation" as const;
  const [check, pair] = [vault.checkValue(), vault.checkValues().join(" ")];
  const find = async () => {
    const found = await keys.findOne({ _id });
    return found?.keys === pair ? found : null;
  };
  const note = (set: Partial<RotationDocument>) =>
    keys.updateOne({ _id }, { $set: { keys: pair, ...set } }, { upsert: true }).then(() => {}, unlessThere);
  return {
    async countLeft() {
      if (!isChanging) return null;
      return (await find())?.left ?? countAll(connection);
    },
    async run(tell) {
      const sum = { anew: 0, unreadable: 0 };
      let from = (await find())?.at ?? null;
      for (let rounds = 0; rounds < MOST_ROUNDS; rounds++) {
        const round = await goRound(options, from, async (at, left) => {
          await note({ at, left, endedAt: null });
          tell(left);
        });
        sum.anew += round.anew;
        sum.unreadable = round.unreadable;
        if (round.anew === 0 && from === null) {
          const checks = bare<{ _id: string; check: string }>(connection, "keys");
          await checks.updateOne({ _id: "data-key" }, { $set: { check } });
          await note({ at: null, left: 0, endedAt: now() });
          return sum;
        }
        from = null;
      }
      throw new Conflict("keys-still-written");
    },
  };
}

async function countAll(connection: Connection): Promise<number> {
  let sum = 0;
  for (const [name] of SEALED) sum += await bare(connection, name).estimatedDocumentCount();
  return sum;
}

async function goRound(
  { connection, vault }: RewrapOptions,
  from: RotationDocument["at"],
  note: (at: NonNullable<RotationDocument["at"]>, left: number) => Promise<void>,
): Promise<Rewrapped> {
  const sum = { anew: 0, unreadable: 0 };
  let left = await countAll(connection);
  let isBefore = from !== null;
  for (const [name, fields] of SEALED) {
    if (isBefore && name !== from?.collection) continue;
    let last = isBefore ? (from?.id ?? "") : "";
    isBefore = false;
    const collection = bare<Row>(connection, name);
    for (;;) {
      const page = await collection
        .find({ _id: { $gt: last } }, { sort: { _id: 1 }, limit: PAGE, ...only(fields) })
        .toArray();
      for (const row of page) add(sum, await rewrapOne(collection, row, { name, fields, vault }));
      left = Math.max(0, left - page.length);
      last = page.at(-1)?._id ?? last;
      await note({ collection: name, id: last }, left);
      if (page.length < PAGE) break;
    }
  }
  return sum;
}

const only = (fields: Record<string, string>) => ({
  projection: Object.fromEntries(Object.keys(fields).map((path) => [path.split(".")[0], 1])),
});

function add(sum: Rewrapped, one: "anew" | "unreadable" | null): void {
  if (one) sum[one]++;
}

interface Sealed {
  name: Collection;
  fields: Record<string, string>;
  vault: Vault;
}

/** Changes only what is still as it was read: a value that was written, or erased, meanwhile stays. */
async function rewrapOne(
  collection: mongo.Collection<Row>,
  row: Row,
  { name, fields, vault }: Sealed,
): Promise<"anew" | "unreadable" | null> {
  let outcome: "anew" | "unreadable" | null = null;
  for (const [path, field] of Object.entries(fields)) {
    const value = valueAt(row, path);
    if (value === null || value === undefined) continue;
    const anewOf = (sealed: unknown) =>
      name === "accidents"
        ? vault.wrapAnew(row._id, bytesOf(sealed))
        : vault.sealOwnAnew(placeIn(name, row._id, field), bytesOf(sealed));
    try {
      const anew = Array.isArray(value) ? listAnew(value, anewOf) : anewOf(value);
      if (anew === null) continue;
      await collection.updateOne({ _id: row._id, [path]: value } as object, { $set: { [path]: anew } } as object);
      outcome ??= "anew";
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      outcome = "unreadable";
    }
  }
  return outcome;
}

/** null: none of them is under another key */
function listAnew(values: readonly unknown[], anewOf: (sealed: unknown) => Buffer | null): unknown[] | null {
  const all = values.map((value) => ({ value, anew: anewOf(value) }));
  return all.some(({ anew }) => anew !== null) ? all.map(({ value, anew }) => anew ?? value) : null;
}

const valueAt = (row: Row, path: string): unknown =>
  path.split(".").reduce<unknown>((part, key) => (part as Record<string, unknown> | undefined)?.[key], row);
