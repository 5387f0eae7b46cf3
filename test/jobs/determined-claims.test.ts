import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { actOnDispute } from "../../src/actions/act-on-dispute.ts";
import { actOnLetter } from "../../src/actions/act-on-letter.ts";
import { withdrawForwarding } from "../../src/actions/withdraw-forwarding.ts";
import type { Accident, Letter } from "../../src/domain/accident.ts";
import type { ClaimMessage } from "../../src/domain/claim-message.ts";
import { wireOf } from "../../src/domain/claim-version-1.ts";
import type { DeterminedDegree } from "../../src/domain/determination.ts";
import { letterOf } from "../../src/domain/dispute.ts";
import type { Desk } from "../../src/domain/dispute-act.ts";
import type { LetterAct } from "../../src/domain/letter-acts.ts";
import { dayInChina } from "../../src/domain/working-days.ts";
import { issuedLetter } from "../domain/issued-letter.ts";
import { claimFaults } from "../support/claim-schemas.ts";
import { type ClaimsHouse, openClaimsHouse } from "../support/claims-house.ts";
import { concludedAccident } from "../support/concluded-accident.ts";
import { closeDatabase } from "../support/database.ts";

const officer: Desk = { officerId: "o1", role: "officer", district: null };
const supervisor: Desk = { officerId: "s1", role: "supervisor", district: null };
let house: ClaimsHouse;
before(async () => {
  house = await openClaimsHouse(({ insurers }) => ({
    insurers: insurers.map((insurer) => ({ ...insurer, schemaVersion: 2 as const })),
  }));
});
after(async () => {
  await house.close();
  await closeDatabase();
});

const now = () => house.ctx.clock.now();
const act = ({ id }: Accident, what: LetterAct) => actOnLetter(house.ctx, id, what);
const received = ({ number }: Accident, letter: Letter): ClaimMessage | null => {
  const body = house.insurers.find(`${number}-${letter}`)?.body;
  if (!body) return null;
  assert.deepEqual(claimFaults(body), []);
  return JSON.parse(body) as ClaimMessage;
};
const codes = async ({ id }: Accident) => (await house.notices(id)).map(({ to, code }) => `${to.slice(-1)} ${code}`);

let count = 0;
/** A case with a letter that an officer has issued, neither opened yet. */
async function determined(degrees: Record<Letter, DeterminedDegree>): Promise<Accident> {
  const id = `determined-${++count}`;
  const draft = concludedAccident({ id, number: `KC20261129-90000${count}`, at: now() });
  const { A, B } = draft.parties;
  assert.ok(A.statement && B);
  // each says that the other ran into them
  const mine = { ...A.statement, ownAct: "none", otherAct: "QS-01" };
  const parties = { A: { ...A, signature: null, statement: mine }, B: { ...B, signature: null } };
  await house.ctx.accidents.create({ ...draft, parties, concludedAt: null, documents: null }, [
    { type: "accident-opened", by: "A", data: {} },
  ]);
  await actOnDispute(house.ctx, id, { type: "propose", by: "A" });
  await actOnDispute(house.ctx, id, { type: "agree", by: "B" });
  const taken = await actOnDispute(house.ctx, id, { type: "take-application", by: officer });
  const determination = issuedLetter(taken, { number: `L${count}`, at: now(), degrees });
  return actOnDispute(house.ctx, id, { type: "determine", by: officer, determination });
}

async function answer(accident: Accident, by: Letter, forwarding: boolean): Promise<Accident> {
  await act(accident, { type: "open", by });
  return act(accident, { type: "receive", by, forwarding, imageSha256: "0".repeat(64) });
}

/** A supervisor puts another letter in the place of the one that stands. */
async function replaced({ id }: Accident): Promise<Accident> {
  const current = await house.ctx.accidents.get(id);
  const before = current.dispute?.determinations.at(-1)?.number ?? "";
  const determination = issuedLetter(current, {
    ...{ number: `${before}-2`, at: now(), by: "s1", replaces: before, degrees: { A: "equal", B: "equal" } },
  });
  return act(current, { type: "replace", by: supervisor, reason: "责任有误", determination });
}

describe("claims after a determination letter", () => {
  it("go once both have answered it, with its degrees, the city's shares, and its number", async () => {
    const accident = await determined({ A: "primary", B: "secondary" });
    const first = await answer(accident, "A", true);
    assert.deepEqual(first.claims, []);
    await answer(accident, "B", true);
    assert.ok((await codes(accident)).includes("A determined-reported"));
    await house.jobs.settle();
    for (const letter of ["A", "B"] as const) {
      const claim = received(accident, letter);
      assert.ok(claim);
      const { liability, role, evidence, consent } = claim.data;
      assert.equal(liability.basis, "police_determined");
      assert.deepEqual(liability.shares, [
        { party: "A", degree: "primary", percent: 70, custom: true },
        { party: "B", degree: "secondary", percent: 30, custom: true },
      ]);
      assert.equal(role, "leading");
      assert.equal(liability.letter?.number, "L1");
      assert.equal(evidence.agreement, null);
      assert.equal(consent.length, 2);
    }
  });

  it("no data of a driver who refused to sign and to forward, and no claim of that driver's", async () => {
    const accident = await determined({ A: "full", B: "none" });
    await answer(accident, "A", true);
    await act(accident, { type: "open", by: "B" });
    await act(accident, { type: "refuse-receipt", by: "B", forwarding: false });
    await house.jobs.settle();
    assert.equal(received(accident, "B"), null);
    const claim = received(accident, "A");
    assert.equal(claim?.data.liability.letter?.pdfUrl, null);
    assert.deepEqual(claim?.data.parties.find(({ label }) => label === "B")?.driver, { withheld: true });
  });

  it("a review that was noted and another letter send revisions, the highest of which holds", async () => {
    const accident = await determined({ A: "full", B: "none" });
    await answer(accident, "A", true);
    await answer(accident, "B", true);
    await act(accident, { type: "note-review", by: officer, of: "A", filedOn: dayInChina(now()) });
    await house.jobs.settle();
    const reviewed = received(accident, "A");
    assert.equal(reviewed?.data.revision, 2);
    assert.deepEqual(
      reviewed?.data.liability.letter?.reviews.map(({ party }) => party),
      ["A"],
    );
    const before = (await house.ctx.accidents.get(accident.id)).dispute?.determinations[0]?.number;
    assert.equal((await replaced(accident)).claims.length, 2);
    await house.jobs.settle();
    const claim = received(accident, "B");
    assert.equal(claim?.data.revision, 3);
    assert.equal(claim?.data.replaces?.reason, "determination");
    assert.equal(claim?.data.liability.letter?.number, `${before}-2`);
    assert.deepEqual(
      claim?.data.liability.shares.map(({ percent }) => percent),
      [50, 50],
    );
  });

  it("a consent that is not given at the next letter is withdrawn: own claim stopped, the other's reduced", async () => {
    const accident = await determined({ A: "full", B: "none" });
    await answer(accident, "A", true);
    await answer(accident, "B", true);
    await replaced(accident);
    await answer(accident, "A", true);
    await act(accident, { type: "open", by: "B" });
    const { claims, events } = await act(accident, { type: "refuse-receipt", by: "B", forwarding: false });
    assert.deepEqual(
      claims.map(({ party, stoppedAt }) => [party, Boolean(stoppedAt)]),
      [
        ["A", false],
        ["B", true],
      ],
    );
    assert.deepEqual(
      events.slice(-3).map(({ type, by }) => `${type} ${by}`),
      ["letter-refused B", "consent-withdrawn B", "claim-stopped B"],
    );
    await house.jobs.settle();
    assert.equal(received(accident, "B"), null);
    const claim = received(accident, "A");
    assert.equal(claim?.data.revision, 2);
    assert.deepEqual(claim?.data.parties.find(({ label }) => label === "B")?.driver, { withheld: true });
  });

  it("a claim that was stopped begins anew where its driver allows it at a later letter; what waited of it does not go", async () => {
    const accident = await determined({ A: "full", B: "none" });
    await answer(accident, "A", true);
    await answer(accident, "B", true);
    await withdrawForwarding(house.ctx, { accidentId: accident.id, letter: "B" });
    house.clock.advance(60_000);
    const last = letterOf(await replaced(accident))?.number;
    await answer(accident, "A", true);
    const { claims } = await answer(accident, "B", true);
    assert.deepEqual(
      claims.map(({ party, stoppedAt = null }) => [party, stoppedAt]),
      [
        ["A", null],
        ["B", null],
      ],
    );
    assert.ok((await codes(accident)).filter((code) => code === "B determined-reported").length > 0);
    await house.jobs.settle();
    const claim = received(accident, "B");
    assert.deepEqual(
      [claim?.data.revision, claim?.data.replaces, claim?.data.liability.letter?.number],
      [1, null, last],
    );
    const delivered = (await house.ctx.accidents.get(accident.id)).events.filter(
      ({ type, data }) => type === "claim-delivered" && data["ref"] === `${accident.number}-B`,
    );
    assert.equal(delivered.length, 1);
  });

  it("nothing more of a driver who has withdrawn goes out: no review and no other letter revises that claim", async () => {
    const accident = await determined({ A: "full", B: "none" });
    await answer(accident, "A", true);
    await answer(accident, "B", true);
    await house.jobs.settle();
    await withdrawForwarding(house.ctx, { accidentId: accident.id, letter: "B" });
    await act(accident, { type: "note-review", by: officer, of: "A", filedOn: dayInChina(now()) });
    const { claims } = await replaced(accident);
    assert.deepEqual(
      claims.map(({ party, revision = 1 }) => [party, revision]),
      [
        ["A", 3],
        ["B", 1],
      ],
    );
    await house.jobs.settle();
    assert.equal(received(accident, "B")?.data.revision, 1);
  });

  it("an insurer at version 1 gets the first message; the letter is handed in", async () => {
    const accident = await determined({ A: "full", B: "none" });
    await answer(accident, "A", true);
    await answer(accident, "B", true);
    await house.jobs.settle();
    const wire = wireOf(JSON.stringify(received(accident, "A")), 1);
    assert.ok("body" in wire);
    assert.deepEqual(claimFaults(wire.body), []);
  });
});
