import assert from "node:assert/strict";
import { test } from "node:test";
import { mongo } from "mongoose";
import { Fault } from "../../src/embedded/fault.ts";
import { compare } from "../../src/embedded/values/compare.ts";
import { decode } from "../../src/embedded/values/decode.ts";
import { encode } from "../../src/embedded/values/encode.ts";
import { encodeKey } from "../../src/embedded/values/key.ts";
import { Doc, type Value } from "../../src/embedded/values/value.ts";
import { seeded } from "./kill/writers.ts";

const { BSON, Binary, Double, Int32, Long, ObjectId } = mongo;
type Random = () => number;

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!;
const below = (random: Random, limit: number) => Math.floor(random() * limit);

const DOUBLES = [
  0,
  -0,
  1,
  -1,
  0.1,
  0.5,
  2 ** 53,
  -(2 ** 53),
  1e300,
  5e-324,
  Number.MAX_VALUE,
  Infinity,
  -Infinity,
  Number.NaN,
];
const TEXTS = ["", "a", "a\0", "a\0b", "ab", "\u00e9", "\uffff", "\u{1F600}", "京A12345", "a".repeat(50)];

function numeric(random: Random): unknown {
  const near = Long.fromString("9007199254740992").add(below(random, 7) - 3);
  return pick(random, [
    () => new Int32(below(random, 20) - 10),
    () => new Double(pick(random, DOUBLES)),
    () => new Double(random() * 10 - 5),
    () => near,
    () => near.negate(),
    () => pick(random, [Long.MAX_VALUE, Long.MIN_VALUE, Long.fromString("9223372036854774784")]),
  ])();
}

function scalar(random: Random): unknown {
  return pick<() => unknown>(random, [
    () => numeric(random),
    () => numeric(random),
    () => pick(random, TEXTS),
    () => pick(random, [null, true, false]),
    () => new Date(below(random, 2000) - 1000),
    () => ObjectId.createFromTime(below(random, 50)),
    () => new Binary(Buffer.alloc(below(random, 3), below(random, 256)), pick(random, [0, 5])),
  ])();
}

function anything(random: Random, depth = 0): unknown {
  const chance = random();
  if (depth > 2 || chance < 0.7) return scalar(random);
  const parts = Array.from({ length: below(random, 4) }, () => anything(random, depth + 1));
  return chance < 0.85 ? parts : Object.fromEntries(parts.map((part, i) => [pick(random, ["a", "b", "z"]) + i, part]));
}

function values(seed: number, count: number): Value[] {
  const random = seeded(seed);
  return Array.from({ length: count }, () => decode(Buffer.from(BSON.serialize({ v: anything(random) }))).get("v")!);
}

test("the bytes of keys sort as the values compare, ascending and descending, alone and side by side", () => {
  const all = values(7, 500);
  const keys = all.map((value) => ({ value, up: encodeKey([value]), down: encodeKey([value], [true]) }));
  for (const a of keys) {
    for (const b of keys) {
      const order = Math.sign(compare(a.value, b.value));
      const context = () => `${JSON.stringify(a.value, bigints)} and ${JSON.stringify(b.value, bigints)}`;
      if (Math.sign(Buffer.compare(a.up, b.up)) !== order) assert.fail(`ascending: ${context()}`);
      if (Math.sign(Buffer.compare(a.down, b.down)) !== (-order | 0)) assert.fail(`descending: ${context()}`);
    }
  }
  const pairs = all.slice(0, 200).map((first, i) => [first, all[i + 200]!] as const);
  for (const a of pairs) {
    for (const b of pairs) {
      const order = compare(a[0], b[0]) || -compare(a[1], b[1]);
      assert.equal(
        Math.sign(Buffer.compare(encodeKey(a, [false, true]), encodeKey(b, [false, true]))),
        Math.sign(order) + 0,
      );
    }
  }
});

function bigints(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? `${value}n` : value;
}

test("comparison is a total order", () => {
  const sorted = values(11, 300).sort(compare);
  for (let i = 0; i < sorted.length; i++) {
    for (let k = i; k < sorted.length; k++)
      assert.ok(compare(sorted[i]!, sorted[k]!) <= 0 && compare(sorted[k]!, sorted[i]!) >= 0);
  }
});

test("what is decoded is encoded to the same bytes, whatever the types and the names", () => {
  const random = seeded(3);
  for (let i = 0; i < 300; i++) {
    const bytes = Buffer.from(
      BSON.serialize({
        b: anything(random),
        1: anything(random),
        é: anything(random),
        long: "x".repeat(below(random, 300)),
      }),
    );
    assert.deepEqual(encode(decode(bytes)), bytes);
  }
  const large = new Doc([
    ["text", "é".repeat(300_000)],
    ["n", 5n],
  ]);
  assert.deepEqual(decode(encode(large)), large);
});

test("names that look like numbers stay in their places", () => {
  const doc = new Doc([
    ["b", 1],
    ["2", 2],
    ["1", 3],
    ["__proto__", 4],
  ]);
  assert.deepEqual([...decode(encode(doc)).keys()], ["b", "2", "1", "__proto__"]);
});

test("bytes that are no BSON are refused, cut or changed anywhere", () => {
  const bytes = Buffer.from(
    BSON.serialize({ a: "text", b: [1, { c: new Binary(Buffer.alloc(5)) }], d: new ObjectId() }),
  );
  for (let i = 0; i < bytes.length; i++) assert.throws(() => decode(bytes.subarray(0, i)), Fault);
  const random = seeded(5);
  for (let i = 0; i < 3000; i++) {
    const changed = Buffer.from(bytes);
    changed[below(random, bytes.length)] = below(random, 256);
    try {
      decode(changed);
    } catch (error) {
      assert.ok(error instanceof Fault, String(error));
    }
  }
  const deep = Buffer.from(BSON.serialize(Array.from({ length: 300 }).reduce<object>((inner) => ({ a: inner }), {})));
  assert.throws(() => decode(deep), Fault);
});

test("a type that is not in the dialect is refused by its name", () => {
  const { BSONRegExp, BSONSymbol, Code, Decimal128, MaxKey, MinKey, Timestamp } = mongo;
  const others: [string, unknown][] = [
    ["decimal", Decimal128.fromString("1")],
    ["regex", new BSONRegExp("a")],
    ["timestamp", new Timestamp({ t: 1, i: 1 })],
    ["symbol", new BSONSymbol("a")],
    ["javascript", new Code("f")],
    ["minKey", new MinKey()],
    ["maxKey", new MaxKey()],
  ];
  for (const [name, value] of others)
    assert.throws(() => decode(Buffer.from(BSON.serialize({ v: [value] }))), { message: new RegExp(`'${name}'`) });
});
