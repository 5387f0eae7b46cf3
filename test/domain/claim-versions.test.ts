import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { WEATHERS } from "../../src/domain/accident.ts";
import { CAR_OWNERS, CAR_USES } from "../../src/domain/car.ts";
import { buildClaim } from "../../src/domain/claim.ts";
import {
  CLAIM_DEGREES,
  CLAIM_ROLES,
  CLAIM_WEATHERS,
  type ClaimMessage,
  LIABILITY_BASES,
} from "../../src/domain/claim-message.ts";
import { wireOf } from "../../src/domain/claim-version-1.ts";
import { ID_KINDS } from "../../src/domain/id-kind.ts";
import { claimSources } from "../support/claim-example.ts";
import { CLAIM_SCHEMAS } from "../support/claim-schemas.ts";
import { type JsonSchema, validate } from "../support/json-schema.ts";

const examples = new URL("../../../docs/insurers/examples/", import.meta.url);
const read = (name: string): object => JSON.parse(readFileSync(new URL(name, examples), "utf8")) as object;
const version1 = CLAIM_SCHEMAS["1.0"] as JsonSchema;
const version2 = CLAIM_SCHEMAS["2.0"] as JsonSchema;
const names = readdirSync(examples);
const named = (prefix: string) => names.filter((name) => name.startsWith(prefix));
const REAR_END = claimSources({ acts: { A: "QS-01", B: "none" }, note: "前车急刹" });

const bytes = (name: string) => JSON.stringify(read(name));

describe("the stored examples of what insurers get", () => {
  it("1.0 is what an insurer at version 1 gets today, byte for byte", () => {
    const body = JSON.stringify(buildClaim(REAR_END, "A"));
    assert.deepEqual(wireOf(body, 1), { body: bytes("claim-1.0.json") });
  });

  const made: [name: string, () => ClaimMessage][] = [
    ["claim-2.0-leading.json", () => buildClaim(REAR_END, "A")],
    ["claim-2.0-information.json", () => buildClaim(REAR_END, "B")],
    [
      "claim-2.0-withheld.json",
      () => buildClaim(claimSources({ forwarding: { A: true, B: false }, acts: { A: "QS-01", B: "none" } }), "A"),
    ],
  ];
  for (const [name, make] of made) {
    it(`${name} is what an insurer at version 2 gets today, byte for byte`, () =>
      assert.deepEqual(wireOf(JSON.stringify(make()), 2), { body: bytes(name) }));
  }

  it("are each accepted by the schema of their version", () => {
    assert.deepEqual(validate(version1, read("claim-1.0.json")), []);
    assert.ok(named("claim-2.0").length >= 5);
    for (const name of named("claim-2.0")) assert.deepEqual(validate(version2, read(name)), [], name);
    assert.equal(named("claim-1.0").length + named("claim-2.0").length, names.length);
  });
});

describe("the schema of 2.0", () => {
  it("takes unknown fields everywhere, as 1.0 does nowhere", () => {
    for (const name of named("claim-2.0")) {
      const widened = widen(read(name));
      assert.deepEqual(validate(version2, widened), [], name);
    }
    const faults = validate(version1, widen(read("claim-1.0.json")));
    const others = faults.filter((fault) => !fault.endsWith(".addedLater: not allowed"));
    assert.ok(faults.length > 10);
    assert.ok(
      others.every((fault) => fault.endsWith(".driver: not one of oneOf")),
      others.join("\n"),
    );
  });

  it("names every field of the examples, and no field that none of them has", () => {
    const inExamples = new Set(named("claim-2.0").flatMap((name) => pathsIn(read(name))));
    assert.deepEqual([...inExamples].sort(), [...new Set(pathsOf(version2))].sort());
  });

  it("has the words that the code has", () => {
    const { properties } = at(version2, "data");
    const enumOf = (...path: string[]) => path.reduce(at, { properties } as JsonSchema).enum;
    assert.deepEqual(enumOf("role"), CLAIM_ROLES);
    assert.deepEqual(enumOf("liability", "basis"), LIABILITY_BASES);
    assert.deepEqual(enumOf("liability", "shares", "degree"), CLAIM_DEGREES);
    assert.deepEqual(enumOf("accident", "weather"), CLAIM_WEATHERS);
    assert.deepEqual(enumOf("parties", "vehicle", "owner"), CAR_OWNERS);
    assert.deepEqual(enumOf("parties", "vehicle", "use"), CAR_USES);
    for (const weather of WEATHERS) assert.ok((CLAIM_WEATHERS as readonly string[]).includes(weather), weather);
  });

  it("refuses what a reader could not act on", () => {
    const wrong: [string, (data: ClaimMessage["data"]) => object][] = [
      ["no role", ({ role: _, ...data }) => data],
      ["an unknown role", (data) => ({ ...data, role: "copy" })],
      ["an unknown basis", (data) => ({ ...data, liability: { ...data.liability, basis: "guessed" } })],
      ["nobody", (data) => ({ ...data, parties: [] })],
      ["three", (data) => ({ ...data, parties: [...data.parties, ...data.parties] })],
      ["no revision", ({ revision: _, ...data }) => data],
    ];
    const message = buildClaim(REAR_END, "A");
    for (const [what, change] of wrong)
      assert.notDeepEqual(validate(version2, { ...message, data: change(message.data) }), [], what);
  });
});

describe("a claim for an insurer at version 1", () => {
  const message = buildClaim(REAR_END, "A");
  const said = (change: (data: ClaimMessage["data"]) => object, version: 1 | 2 = 1) =>
    wireOf(JSON.stringify({ ...message, data: change(message.data) }), version);
  const weather = (sky: string) => said((data) => ({ ...data, accident: { ...data.accident, weather: sky } }));

  for (const idType of ID_KINDS) {
    const known = ["licence", "id-card", "passport"].includes(idType);
    it(`calls a driver's ${idType} ${known ? "so" : "a passport, as every paper that 1.0 has no word for"}`, () => {
      const claim = (version: 1 | 2) => {
        const wire = said((data) => {
          const [own, ...others] = data.parties;
          const driver = { name: "李明", idType, idNoMasked: "H1*****67", phone: "+85291234567", wechatBound: true };
          return { ...data, parties: [{ ...own, driver }, ...others] };
        }, version);
        return JSON.parse("body" in wire ? wire.body : "null");
      };
      assert.equal(claim(1).data.parties[0].driver.idType, known ? idType : "passport");
      assert.deepEqual(validate(version1, claim(1)), []);
      assert.equal(claim(2).data.parties[0].driver.idType, idType);
      assert.deepEqual(validate(version2, claim(2)), []);
    });
  }

  for (const sky of ["fog", "other"]) {
    it(`says ${sky} as overcast`, () => {
      const wire = weather(sky);
      assert.ok("body" in wire);
      const claim = JSON.parse(wire.body) as { data: { accident: { weather: string } } };
      assert.equal(claim.data.accident.weather, "overcast");
      assert.deepEqual(validate(version1, claim), []);
    });
  }

  it("leaves out whose the cars are and what they are used for", () => {
    const cars = (data: ClaimMessage["data"]) =>
      data.parties.map((party) => ({ ...party, vehicle: { ...party.vehicle, owner: "organisation", use: "taxi" } }));
    const wire = said((data) => ({ ...data, parties: cars(data) }));
    assert.deepEqual(wire, { body: bytes("claim-1.0.json") });
  });

  it("carries an officer's degrees, which 1.0 has", () => {
    const shares = [
      { party: "A", degree: "primary", percent: 70, custom: true },
      { party: "B", degree: "secondary", percent: 30, custom: true },
    ];
    const wire = said((data) => ({ ...data, liability: { ...data.liability, basis: "police_determined", shares } }));
    assert.ok("body" in wire);
    assert.deepEqual(validate(version1, JSON.parse(wire.body)), []);
  });

  it("carries an officer's letter as its degrees alone; once it is replaced or a review is noted it waits", () => {
    const message = read("claim-2.0-police-determined.json") as { data: object };
    const wire = (change: object) => wireOf(JSON.stringify({ ...message, data: { ...message.data, ...change } }), 1);
    const first = wire({ revision: 1, replaces: null });
    assert.ok("body" in first);
    const claim = JSON.parse(first.body) as Pick<ClaimMessage, "data">;
    assert.deepEqual(validate(version1, claim), []);
    const { basis, letter, shares } = claim.data.liability;
    assert.deepEqual([basis, letter], ["police_determined", undefined]);
    assert.deepEqual(
      shares.map(({ degree, percent }) => `${degree} ${percent}`),
      ["primary 70", "secondary 30"],
    );
    assert.deepEqual(claim.data.evidence.agreement?.pdfUrl, null);
    assert.deepEqual(wire({}), { unsayable: ["replaces"] });
  });

  const unsayable: [string, string[], (data: ClaimMessage["data"]) => object][] = [
    ["a role that does not follow from the degree", ["role"], (data) => ({ ...data, role: "information" })],
    ["what is only stated", ["basis"], (data) => ({ ...data, liability: { ...data.liability, basis: "stated" } })],
    ["one party", ["parties"], (data) => ({ ...data, parties: data.parties.slice(0, 1) })],
    ["a correction", ["replaces"], (data) => ({ ...data, revision: 2 })],
    ["no agreement", ["agreement"], (data) => ({ ...data, evidence: { ...data.evidence, agreement: null } })],
    ["injuries", ["injuries"], (data) => ({ ...data, accident: { ...data.accident, injuries: true } })],
    ["other damage", ["propertyOther"], (data) => ({ ...data, accident: { ...data.accident, propertyOther: true } })],
  ];
  for (const [what, fields, change] of unsayable) {
    it(`cannot say ${what}; version 2 can`, () => {
      assert.deepEqual(said(change), { unsayable: fields });
      assert.ok("body" in said(change, 2));
    });
  }

  it("that was put into the outbox as 1.0 goes as it is, whichever version the insurer reads now", () => {
    const old = bytes("claim-1.0.json");
    for (const version of [1, 2] as const) assert.deepEqual(wireOf(old, version), { body: old });
  });
});

/** The same value with one more field in each object. */
function widen(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(widen);
  if (value === null || typeof value !== "object") return value;
  return { ...Object.fromEntries(Object.entries(value).map(([name, part]) => [name, widen(part)])), addedLater: 1 };
}

/** The fields of a value, as paths without the places in lists. */
function pathsIn(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => pathsIn(item, path));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([name, part]) => [`${path}.${name}`, ...pathsIn(part, `${path}.${name}`)]);
}

/** The schemas that a value at this place may be of, references and choices followed. */
function choices(schema: JsonSchema): JsonSchema[] {
  const { $ref, anyOf, items } = schema as { $ref?: string; anyOf?: JsonSchema[]; items?: JsonSchema };
  if ($ref) return choices((version2.$defs as Record<string, JsonSchema>)[$ref.replace("#/$defs/", "")] as JsonSchema);
  if (anyOf) return anyOf.flatMap(choices);
  return items ? choices(items) : [schema];
}

const pathsOf = (schema: JsonSchema, path = ""): string[] =>
  choices(schema).flatMap(({ properties = {} }) =>
    Object.entries(properties as Record<string, JsonSchema>).flatMap(([name, part]) => [
      `${path}.${name}`,
      ...pathsOf(part, `${path}.${name}`),
    ]),
  );

function at(schema: JsonSchema, name: string): JsonSchema {
  for (const { properties } of choices(schema)) {
    const part = (properties as Record<string, JsonSchema> | undefined)?.[name];
    if (part) return choices(part)[0] as JsonSchema;
  }
  throw new Error(`no ${name}`);
}
