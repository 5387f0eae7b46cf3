import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Accident, LETTERS, type Letter, otherOf } from "../../src/domain/accident.ts";
import { buildClaim } from "../../src/domain/claim.ts";
import { claimSources } from "../support/claim-example.ts";
import { drivers } from "../support/concluded-accident.ts";
import { storedPhotos } from "../support/stored-photos.ts";

const NOTE = "我在看导航，没有注意";
const EXIF_TIME = "2026-11-23T03:31:07Z";

/**
 * Each driver has taken pictures, their cameras wrote into them, and the first fix came from `refuser`'s
 * phone.
 */
function withTraces(accident: Accident, refuser: Letter): Accident {
  const photos = storedPhotos(accident).map((photo, index) => ({
    ...photo,
    by: index % 2 === 0 ? refuser : otherOf(refuser),
    shrunkFrom: index % 2 === 0 ? { width: 7777, height: 5555, bytes: 12_345_678 } : null,
    taken: index % 2 === 0 ? { at: new Date(EXIF_TIME), position: { lat: 31.987, lng: 121.987 } } : null,
    dupOf: index === 1 ? "p0" : null,
  }));
  const { positions } = accident.scene;
  const scene = { ...accident.scene, positions: { A: null, B: null, [refuser]: positions.A } };
  const party = accident.parties[refuser];
  const own = party && { ...party, statement: party.statement && { ...party.statement, note: NOTE } };
  return { ...accident, photos, scene, parties: { ...accident.parties, [refuser]: own } };
}

const sourcesOf = (refuser: Letter, forwarding: Record<Letter, boolean>) =>
  claimSources({ forwarding }, (accident) => withTraces(accident, refuser));

/** What only this driver's consent lets go, as it would stand in the claim's bytes. */
function traces(refuser: Letter): Record<string, string> {
  const { accident } = sourcesOf(refuser, { A: true, B: true });
  const { name, phone, idNumber } = drivers[refuser];
  return {
    name,
    phone,
    "the number's first digits": `${idNumber.slice(0, 3)}*`,
    "the number's last digits": `*${idNumber.slice(-4)}`,
    "the whole number": idNumber,
    note: NOTE,
    "hash of the signature": accident.parties[refuser]?.signature?.imageSha256 ?? "",
    "hash of a photograph": storedPhotos(accident)[0]?.sha256 ?? "",
    "id of a photograph": '"p0"',
    "time by the camera": "2026-11-23T11:31:07+08:00",
    "size on the phone": "7777",
    "place by the camera": "31.987",
    "place of the phone": "31.2304",
  };
}
/** Never in a claim, whoever allowed what. */
const NEVER = ["the whole number", "place by the camera"];

for (const refuser of LETTERS) {
  const claimant = otherOf(refuser);
  const allowed = JSON.stringify(buildClaim(sourcesOf(refuser, { A: true, B: true }), claimant));
  const forwarding = { A: refuser !== "A", B: refuser !== "B" };
  const message = buildClaim(sourcesOf(refuser, forwarding), claimant);
  const text = JSON.stringify(message);

  describe(`driver ${refuser} refused that data go to the insurers`, () => {
    for (const [what, value] of Object.entries(traces(refuser))) {
      it(`so the other's insurer gets no ${what}`, () => {
        assert.ok(value.length > 1);
        assert.equal(allowed.includes(value), !NEVER.includes(what), "as it is with consent");
        assert.ok(!text.includes(value), value);
      });
    }

    it("so that photographs, signatures and consents are the other's alone, and the paper comes from its customer", () => {
      const { evidence, consent, parties } = message.data;
      const givers = [...evidence.photos, ...(evidence.agreement?.signatures ?? []), ...consent];
      assert.deepEqual([...new Set(givers.map(({ party }) => party))], [claimant]);
      assert.ok(evidence.photos.length > 0);
      assert.equal(evidence.agreement?.pdfUrl, null);
      assert.deepEqual(parties.find(({ label }) => label === refuser)?.driver, { withheld: true });
      assert.equal(parties.find(({ label }) => label === refuser)?.insurance.compulsory.policyNo, null);
      assert.deepEqual(message.data.accident.location, {
        address: sourcesOf(refuser, forwarding).content.address,
        crs: "GCJ-02",
      });
    });

    it("and the car and its part in the accident stay, without which there is no claim", () => {
      const party = message.data.parties.find(({ label }) => label === refuser);
      assert.deepEqual(
        [party?.vehicle.plate, party?.damage.parts.length],
        [drivers[refuser].plate.replaceAll("·", ""), 1],
      );
    });
  });
}

describe("the role of a claim", () => {
  const roles = (acts: Record<Letter, string>) =>
    LETTERS.map((letter) => buildClaim(claimSources({ acts }), letter).data.role);

  it("is leading at the insurer of who bears liability, information at the other's", () => {
    assert.deepEqual(roles({ A: "QS-01", B: "none" }), ["leading", "information"]);
    assert.deepEqual(roles({ A: "none", B: "QS-01" }), ["information", "leading"]);
  });

  it("is leading at both where liability is equal", () =>
    assert.deepEqual(roles({ A: "QS-04", B: "QS-02" }), ["leading", "leading"]));
});
