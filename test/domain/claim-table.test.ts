import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Accident, type Claim, LETTERS, type Letter, otherOf } from "../../src/domain/accident.ts";
import { adviceFor } from "../../src/domain/claim-advice.ts";
import type { ClaimMessage } from "../../src/domain/claim-message.ts";
import { numberNotices, untakenNotices } from "../../src/domain/claim-notice.ts";
import { claimsToSubmit } from "../../src/domain/claim-submission.ts";
import { CLAIM_AT, catalogue, claimSources } from "../support/claim-example.ts";

const HOTLINES: Record<string, string> = { PICC: "95518", PAIC: "95511" };
const ctx = {
  config: {
    rules: { catalogue, districts: [{ code: "310101", zh: "黄浦区", en: "Huangpu", polygons: [] }] },
    insurers: Object.entries(HOTLINES).map(([code, hotline]) => {
      const url = "https://claims.insurer.example/in";
      return { code, zh: code, en: code, hotline, url, secrets: ["whsec_x"] };
    }),
    city: { adcode: "310000", zh: "上海市" },
    publicUrl: "https://kuaichu.example",
  },
  clock: { now: () => CLAIM_AT },
  insurers: { evidence: { url: (id: string, sha256: string) => `https://kuaichu.example/${id}/${sha256}` } },
};

interface Row {
  acts: Record<Letter, string>;
  forwarding: Record<Letter, boolean>;
  insurers?: Record<Letter, string>;
}

const accidentOf = (row: Row): Accident => claimSources(row).accident;

/** Which insurer gets what, and what each driver is told with whose hotline. */
function outcome(row: Row): { claims: Record<string, string>; told: Record<string, string> } {
  const accident = accidentOf(row);
  const letterOf = (personId: string) => LETTERS.find((letter) => personId.endsWith(`-${letter}`)) ?? "?";
  const { outbox } = claimsToSubmit(ctx, accident);
  const claims = outbox.filter(({ kind }) => kind === "claim");
  const notices = outbox.filter(({ kind }) => kind === "notice");
  return {
    claims: Object.fromEntries(
      claims.map(({ target, body }) => [target, (JSON.parse(body) as ClaimMessage).data.role]),
    ),
    told: Object.fromEntries(
      notices.map(({ target, body }) => {
        const { code, params } = JSON.parse(body) as { code: string; params: Record<string, string> };
        return [letterOf(target), `${code}${params["hotline"]}`];
      }),
    ),
  };
}

/** A is at PICC, B at PAIC. */
const INSURER: Record<Letter, string> = { A: "PICC", B: "PAIC" };

for (const liable of LETTERS) {
  const innocent = otherOf(liable);
  const acts = { A: "none", B: "none", [liable]: "QS-01" };
  const [payer, informed] = [INSURER[liable], INSURER[innocent]];
  const hotline = ` ${HOTLINES[payer]}`;
  const allowed = (...letters: Letter[]) => ({ A: letters.includes("A"), B: letters.includes("B") });

  describe(`${liable} is fully liable`, () => {
    const table: [string, Record<Letter, boolean>, ReturnType<typeof outcome>][] = [
      [
        "both allow: a leading claim to the liable driver's insurer, information to the other's",
        allowed("A", "B"),
        {
          claims: { [payer]: "leading", [informed]: "information" },
          told: { [liable]: `concluded-full${hotline}`, [innocent]: `concluded-none${hotline}` },
        },
      ],
      [
        "the liable driver refuses: information to the other's insurer only, and the other reports, with the hotline",
        allowed(innocent),
        {
          claims: { [informed]: "information" },
          told: { [liable]: `claim-call-insurer${hotline}`, [innocent]: `claim-call-other${hotline}` },
        },
      ],
      [
        "the other refuses: the leading claim goes",
        allowed(liable),
        {
          claims: { [payer]: "leading" },
          told: { [liable]: `concluded-full${hotline}`, [innocent]: `concluded-none${hotline}` },
        },
      ],
      [
        "both refuse: nothing goes, both are told",
        allowed(),
        {
          claims: {},
          told: { [liable]: `claim-call-insurer${hotline}`, [innocent]: `claim-call-other${hotline}` },
        },
      ],
    ];
    for (const [name, forwarding, expected] of table)
      it(name, () => assert.deepEqual(outcome({ acts, forwarding }), expected));

    it("whose insurer takes no claims: the other is told to ask for it", () => {
      const insurers = { ...INSURER, [liable]: "other" };
      const { claims, told } = outcome({ acts, forwarding: allowed("A", "B"), insurers });
      assert.deepEqual(claims, { [informed]: "information" });
      assert.deepEqual(told, { [liable]: "claim-call-insurer", [innocent]: "claim-call-other" });
    });
  });
}

describe("liability is equal", () => {
  const acts = { A: "QS-04", B: "QS-02" };
  it("both allow: each driver's own insurer gets a leading claim", () =>
    assert.deepEqual(outcome({ acts, forwarding: { A: true, B: true } }), {
      claims: { PICC: "leading", PAIC: "leading" },
      told: { A: "concluded 95518", B: "concluded 95511" },
    }));

  it("one refuses: the other's insurer gets a leading claim, the refuser reports", () =>
    assert.deepEqual(outcome({ acts, forwarding: { A: false, B: true } }), {
      claims: { PAIC: "leading" },
      told: { A: "claim-call-insurer 95518", B: "concluded 95511" },
    }));
});

describe("the place of a claim", () => {
  const placeOf = (district: string | null) => {
    const accident = { ...accidentOf({ acts: { A: "QS-01", B: "none" }, forwarding: { A: true, B: true } }), district };
    const [claim] = claimsToSubmit(ctx, accident).outbox.filter(({ kind }) => kind === "claim");
    return (JSON.parse(claim?.body ?? "{}") as ClaimMessage).data.jurisdiction;
  };
  it("is the district that has the case, else the city", () => {
    assert.deepEqual(placeOf("310101"), { adcode: "310000", district: "黄浦区" });
    assert.deepEqual(placeOf(null), { adcode: "310000", district: "上海市" });
    assert.deepEqual(placeOf("310199"), { adcode: "310000", district: "上海市" });
  });
});

describe("an insurer that does not take a claim", () => {
  const told = (row: Row, letter: Letter) => {
    const accident = accidentOf(row);
    const { claims } = claimsToSubmit(ctx, accident);
    const claim = claims.find(({ party }) => party === letter) as Claim;
    return untakenNotices(ctx, { ...accident, claims }, claim, "claim-delayed").map(({ target, body }) => {
      const { code } = JSON.parse(body) as { code: string };
      return `${target.slice(-1)} ${code}`;
    });
  };
  const forwarding = { A: true, B: true };

  it("concerns its driver and the one whose car it pays for", () =>
    assert.deepEqual(told({ acts: { A: "QS-01", B: "none" }, forwarding }, "A"), [
      "A claim-delayed",
      "B claim-call-other",
    ]));

  it("concerns nobody where it was only to be informed", () =>
    assert.deepEqual(told({ acts: { A: "QS-01", B: "none" }, forwarding }, "B"), []));

  it("concerns its own driver where liability is equal", () =>
    assert.deepEqual(told({ acts: { A: "QS-04", B: "QS-02" }, forwarding }, "B"), ["B claim-delayed"]));
});

describe("the number under which an insurer has a claim", () => {
  const told = (acts: Record<Letter, string>, letter: Letter, before: string | null, after: string | null) => {
    const accident = accidentOf({ acts, forwarding: { A: true, B: true } });
    const { claims } = claimsToSubmit(ctx, accident);
    const claim = claims.find(({ party }) => party === letter) as Claim;
    const numbered = (insurerClaimNo: string | null) => ({ ...claim, insurerClaimNo });
    return numberNotices(ctx, accident, numbered(before), numbered(after)).map(({ target, body }) => {
      const { code, params } = JSON.parse(body) as { code: string; params: Record<string, string> };
      return `${target.slice(-1)} ${code} ${params["claimNo"]}${params["hotline"]}`;
    });
  };
  const rearEnd = { A: "QS-01", B: "none" };

  it("is told once to the driver whose car it pays for", () => {
    assert.deepEqual(told(rearEnd, "A", null, "R1"), ["B claim-number R1 95518"]);
    assert.deepEqual(told(rearEnd, "A", "R1", "R2"), []);
    assert.deepEqual(told(rearEnd, "A", null, null), []);
  });

  it("of an insurer that is only informed, or where both are liable, is nobody else's", () => {
    assert.deepEqual(told(rearEnd, "B", null, "R1"), []);
    assert.deepEqual(told({ A: "QS-04", B: "QS-02" }, "A", null, "R1"), []);
  });
});

describe("whom a driver turns to", () => {
  it("is the other's insurer for who bears nothing, the own one for everybody else", () => {
    const payers = (acts: Record<Letter, string>) => {
      const { accident, content } = claimSources({ acts });
      return LETTERS.map((letter) => adviceFor(accident, content, letter).payer).join("");
    };
    assert.equal(payers({ A: "QS-01", B: "none" }), "AA");
    assert.equal(payers({ A: "none", B: "QS-01" }), "BB");
    assert.equal(payers({ A: "QS-04", B: "QS-02" }), "AB");
  });
});
