import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { readStatus } from "../../src/api/status-body.ts";
import type { Letter } from "../../src/domain/accident.ts";
import { agreementOf } from "../../src/domain/agreement.ts";
import { buildClaim, claimants, maskNumber, mutualSelfCompensation } from "../../src/domain/claim.ts";
import { beijingTime, type ClaimMessage } from "../../src/domain/claim-message.ts";
import { inVersion1 } from "../../src/domain/claim-version-1.ts";
import { FINDING_CODES, type StoredPhoto } from "../../src/domain/photo.ts";
import { Invalid } from "../../src/errors.ts";
import { CLAIM_AT, catalogue, claimSources } from "../support/claim-example.ts";
import { type ConcludedOptions, concludedAccident, drivers } from "../support/concluded-accident.ts";
import { type JsonSchema, validate } from "../support/json-schema.ts";
import { storedPhotos } from "../support/stored-photos.ts";

const config = new URL("../../../config/", import.meta.url);
const schemaOf = (name: string): JsonSchema => JSON.parse(readFileSync(new URL(`schemas/${name}`, config), "utf8"));
const version1 = schemaOf("claim.submitted.v1.json");
const version2 = schemaOf("claim.submitted.v2.json");
const status = schemaOf("claim.status.v1.json");
const at = CLAIM_AT;

interface PhotoPayload extends Record<string, unknown> {
  kind: string;
  url: string;
}

/** The claim as the insurer reads it. */
interface Payload {
  timestamp: string;
  data: {
    claimRef: string;
    accident: { occurredAt: string; category: string; categories: string[]; location: Record<string, unknown> };
    liability: { shares: object[]; lawRefs: string[] };
    parties: {
      label: string;
      role: string;
      driver: Record<string, unknown>;
      vehicle: Record<string, unknown>;
      insurance: { compulsory: object };
    }[];
    hints: { mutualSelfCompensation: boolean };
    evidence: { photos: PhotoPayload[]; agreement: { pdfUrl: string | null } };
    consent: { party: string }[];
    links: { statusCallback: string };
  };
}

interface Options extends Partial<ConcludedOptions> {
  seen?: (photo: StoredPhoto, index: number) => Partial<StoredPhoto>;
}

function built({ seen, ...options }: Options = {}, letter: Letter = "A"): { text: string; payload: Payload } {
  const sources = claimSources(options, (accident) => ({
    ...accident,
    photos: storedPhotos(accident).map((photo, index) => ({ ...photo, ...seen?.(photo, index) })),
  }));
  const text = JSON.stringify(buildClaim(sources, letter));
  return { text, payload: JSON.parse(text) as Payload };
}

/** What is wrong with a claim in either version, as its insurer would find. */
function faultsOf(payload: Payload): string[] {
  const { claim } = inVersion1(payload as unknown as ClaimMessage);
  return [...validate(version2, payload), ...validate(version1, JSON.parse(JSON.stringify(claim)))];
}

describe("the claim that an insurer receives", () => {
  it("keeps to the published schema for every act of the catalogue, alone and together", () => {
    const acts = catalogue.acts.filter((act) => act.settledHere && act.id !== "none").map((act) => act.id);
    assert.ok(acts.length > 5);
    for (const act of acts) {
      assert.deepEqual(faultsOf(built({ acts: { A: act, B: "none" } }).payload), [], act);
      assert.deepEqual(faultsOf(built({ acts: { A: "none", B: act } }, "B").payload), [], act);
    }
    assert.deepEqual(faultsOf(built({ acts: { A: "QS-04", B: "QS-02" } }).payload), []);
  });

  it("tells of each picture what was found in it, when it was taken, what it looks like and from what it was made smaller", () => {
    const taken = { at: new Date("2026-11-23T03:51:07Z"), position: { lat: 31.2, lng: 121.4 } };
    const shrunkFrom = { width: 9000, height: 6750, bytes: 14_000_000 };
    const findings = [
      { code: "too-small", level: "blocks" } as const,
      { code: "seen-before", level: "warns" } as const,
    ];
    const { text, payload } = built({
      seen: ({ slot }) =>
        slot === "scene" ? { findings, taken, shrunkFrom, dupOf: "KC20261101-000007/Ab_-1234" } : {},
    });
    const [scene, damage] = payload.data.evidence.photos;
    assert.deepEqual(faultsOf(payload), []);
    assert.deepEqual(scene?.qualityFlags, ["too_small", "seen_before"]);
    assert.deepEqual(scene?.dupOf, "KC20261101-000007/Ab_-1234");
    assert.deepEqual([scene?.takenAt, scene?.shrunkFrom], ["2026-11-23T11:51:07+08:00", shrunkFrom]);
    assert.ok(!text.includes("121.4,") && !text.includes('"position"'), "of EXIF only the time leaves the house");
    assert.deepEqual(damage?.qualityFlags, []);
    for (const name of ["dupOf", "takenAt", "shrunkFrom"]) assert.ok(!Object.hasOwn(damage ?? {}, name), name);
  });

  it("flags the picture of a plate that its driver gave otherwise, and names no plate for it", () => {
    const box = { x: 200, y: 400, width: 420, height: 130 };
    const best = { plate: "沪Z98765", sure: true, gap: 900, box, runnersUp: [] };
    const { text, payload } = built({
      seen: ({ slot }) => (slot === "own-plate" ? { plates: { best, others: [] } } : {}),
    });
    assert.deepEqual(
      payload.data.evidence.photos
        .map(({ kind, qualityFlags }) => [kind, qualityFlags])
        .filter(([, flags]) => (flags as []).length > 0),
      [["own_plate", ["plate_differs"]]],
    );
    assert.ok(!text.includes("Z98765"));
    assert.deepEqual(faultsOf(payload), []);
  });

  it("has room for fifteen pictures of which everything was found, and for every kind of picture", () => {
    const kinds = ["traffic-light", "lane-lines", "road-sign"] as const;
    const { text, payload } = built({
      extraPhotos: 10,
      seen: (_, index) => ({
        ...(index >= 5 && index < 8 && { slot: kinds[index - 5] as StoredPhoto["slot"] }),
        findings: FINDING_CODES.map((code) => ({ code, level: "warns" })),
        taken: { at, position: null },
        dupOf: "KC20261101-000007/Ab_-12345678",
        shrunkFrom: { width: 9000, height: 6750, bytes: 14_000_000 },
      }),
    });
    assert.deepEqual(faultsOf(payload), []);
    assert.deepEqual(
      payload.data.evidence.photos.slice(5, 9).map(({ kind }) => kind),
      ["traffic_light", "lane_lines", "road_sign", "extra"],
    );
    assert.ok(Buffer.byteLength(text) < 20_000, `${Buffer.byteLength(text)} bytes`);
  });

  it("is told from either side: the claimant is insured, the other third party", () => {
    const roles = (letter: Letter) =>
      built({}, letter).payload.data.parties.map(({ label, role }) => `${label} ${role}`);
    assert.deepEqual(roles("A"), ["A insured", "B third_party"]);
    assert.deepEqual(roles("B"), ["A third_party", "B insured"]);
    assert.equal(built({}, "B").payload.data.claimRef, "KC20261123-000042-B");
    assert.match(
      built({}, "B").payload.data.links.statusCallback,
      /\/insurers\/PAIC\/claims\/KC20261123-000042-B\/status$/,
    );
  });

  it("gives times in China's zone, plates without the dot, the phone in full and numbers of papers masked", () => {
    const { text, payload } = built();
    assert.equal(payload.timestamp, "2026-11-23T12:00:00+08:00");
    const [a] = payload.data.parties;
    assert.deepEqual(a?.vehicle, {
      plate: "沪AD12345",
      plateColor: "green",
      plateType: "52",
      owner: "unknown",
      use: "unknown",
    });
    assert.equal(a?.driver.phone, "13800000001");
    assert.equal(a?.driver.idNoMasked, "310***********1237");
    for (const { idNumber } of Object.values(drivers)) assert.ok(!text.includes(idNumber));
  });

  it("shows the other's policy number to nobody but his own insurer", () => {
    const text = (letter: Letter) => built({}, letter).text;
    assert.ok(text("A").includes(drivers.A.policyNumber as string));
    assert.ok(!text("B").includes(drivers.A.policyNumber as string));
  });

  it("stays under 20 KB with the longest words and more pictures than fit, the mandatory ones first", () => {
    const { text, payload } = built({ extraPhotos: 30, note: "撞".repeat(200), acts: { A: "QS-04", B: "QS-02" } });
    assert.ok(Buffer.byteLength(text) <= 20 * 1024, `${Buffer.byteLength(text)} bytes`);
    assert.equal(payload.data.evidence.photos.length, 20);
    assert.deepEqual(
      payload.data.evidence.photos.slice(0, 5).map(({ kind }) => kind),
      ["scene", "own_damage", "other_damage", "own_plate", "other_plate"],
    );
  });

  it("hints at 互碰自赔 when both bear equal liability, and only then", () => {
    assert.equal(built({ acts: { A: "QS-04", B: "QS-02" } }).payload.data.hints.mutualSelfCompensation, true);
    assert.equal(built().payload.data.hints.mutualSelfCompensation, false);
    const draft = concludedAccident({
      id: "x",
      number: "n",
      at,
      acts: { A: "QS-04", B: "QS-02" },
      insurers: { A: "PICC", B: "unknown" },
    });
    const content = agreementOf({ ...draft, version: 1, key: new Uint8Array(32), events: [] }, catalogue);
    assert.equal(content && mutualSelfCompensation(content), false);
  });
});

describe("who gets a claim", () => {
  const claims = (options: Partial<ConcludedOptions>) => {
    const draft = concludedAccident({ id: "acc-1", number: "n", at, ...options });
    return claimants({ ...draft, version: 1, key: new Uint8Array(32), events: [] }, ["PICC", "PAIC"]).join("");
  };
  const cases: [string, Partial<ConcludedOptions>, string][] = [
    ["both at two insurers", {}, "AB"],
    ["both at the same insurer", { insurers: { A: "PICC", B: "PICC" } }, "AB"],
    ["one who refused forwarding", { forwarding: { A: false, B: true } }, "B"],
    ["nobody allowed it", { forwarding: { A: false, B: false } }, ""],
    ["an insurer that is not listed", { insurers: { A: "other", B: "PAIC" } }, "B"],
    ["an insurer that nobody knows", { insurers: { A: "PICC", B: "unknown" } }, "A"],
    ["an insurer without an interface", { insurers: { A: "PICC", B: "TPIC" } }, "A"],
    ["a name that every object has", { insurers: { A: "constructor", B: "__proto__" } }, ""],
  ];
  for (const [name, options, expected] of cases)
    it(`${name}: ${expected || "none"}`, () => assert.equal(claims(options), expected));
});

describe("small print", () => {
  it("masks every length so that at most half is left", () => {
    for (const number of ["", "1", "1234", "E12345678", "310101199001011237"]) {
      const masked = maskNumber(number);
      assert.equal(masked.length, number.length);
      assert.ok(masked.replaceAll("*", "").length <= number.length / 2, masked);
    }
  });

  it("dates by the Chinese day", () =>
    assert.equal(beijingTime(new Date("2026-12-31T16:00:00.999Z")), "2027-01-01T00:00:00+08:00"));
});

describe("the published schema of the call-back", () => {
  const [first] = status.examples as Record<string, unknown>[];
  const expected = { insurerCode: "PICC", claimRef: "KC20261123-000042-A" };
  const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
  const accepts = (body: unknown) => {
    try {
      return Boolean(readStatus(bytes(body), expected));
    } catch (error) {
      assert.ok(error instanceof Invalid);
      return false;
    }
  };

  it("is kept by its own examples, and the door takes each of them", () => {
    for (const example of status.examples as object[]) {
      assert.deepEqual(validate(status, example), []);
      assert.ok(accepts(example), JSON.stringify(example));
    }
  });

  const changes: Record<string, unknown>[] = [
    { status: "submitted" },
    { status: { $ne: null } },
    { sequence: "1" },
    { sequence: -1 },
    { sequence: 1.5 },
    { sequence: 0 },
    { occurredAt: "2026-11-23 12:00:00" },
    { insurerClaimNo: "a b" },
    { insurerClaimNo: null },
    { amounts: { paidFen: -1 } },
    { amounts: { paidFen: 1.5 } },
    { amounts: { paidYuan: 1 } },
    { reason: "text" },
    { reason: { text: "x".repeat(501) } },
    { surveyor: { name: "王", phone: "call me" } },
    { documents: [{ kind: "a", url: "http://plain.example/", sha256: "0".repeat(64) }] },
    { requests: [{}] },
    { extra: 1 },
    { paidAt: "2026-11-27T10:00:00+08:00" },
    { surveyor: { name: "王", phone: "138 0000 0000" } },
  ];
  for (const change of changes) {
    it(`and the door agree about ${JSON.stringify(change).slice(0, 60)}`, () => {
      const body = { ...first, ...change };
      assert.equal(accepts(body), validate(status, body).length === 0);
    });
  }

  it("and the door agree that one of sequence and occurredAt is needed", () => {
    const { sequence: _, ...neither } = first as Record<string, unknown>;
    assert.equal(accepts(neither), false);
    assert.notDeepEqual(validate(status, neither), []);
  });
});
