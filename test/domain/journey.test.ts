import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Accident, Letter } from "../../src/domain/accident.ts";
import { agreementOf } from "../../src/domain/agreement.ts";
import { statusOf } from "../../src/domain/case-status.ts";
import { needsInvitation } from "../../src/domain/invitation.ts";
import {
  mayBeSigned,
  mayGive,
  mayRemoveOther,
  missingSlots,
  openSteps,
  photosAreSafe,
  type Step,
  stepOf,
} from "../../src/domain/journey.ts";
import { PHOTO_SLOTS } from "../../src/domain/photo.ts";
import { progressOf } from "../../src/domain/progress.ts";
import {
  AT,
  allPhotos,
  cityRules,
  newParty,
  opened,
  photo,
  readyToSign,
  signature,
  statement,
  withParty,
} from "./accident-builder.ts";

const { catalogue } = await cityRules();

const scene = (over: Partial<Accident["scene"]>) => ({ ...opened().scene, ...over });
const photographed = opened({ photos: allPhotos() });
const moved = { ...photographed, movedAt: AT };
const placed = { ...moved, scene: scene({ address: "延安东路", weather: "sunny", occurredAt: AT }) };
const ready = readyToSign();
const detailsOf = (letter: Letter) => ready.parties[letter]?.details ?? null;
const alone = (over: object) => withParty(placed, "A", over);

describe("where driver A stands", () => {
  const arrows: [string, Accident, Step][] = [
    ["just come: safety first", withParty(opened(), "A", { clearedAt: null }), "safety"],
    ["without consent: safety", withParty(opened(), "A", { consent: null }), "safety"],
    ["cleared: photos", opened(), "photos"],
    ["one photo missing: photos", opened({ photos: allPhotos().slice(1) }), "photos"],
    [
      "a photo announced but not here: photos",
      opened({ photos: [...allPhotos().slice(1), photo("scene", "announced")] }),
      "photos",
    ],
    ["a photo refused: photos", opened({ photos: [...allPhotos().slice(1), photo("scene", "refused")] }), "photos"],
    ["refused, then stored: move", opened({ photos: [photo("scene", "refused"), ...allPhotos()] }), "move"],
    ["all safe: move", photographed, "move"],
    ["moved: place", moved, "place"],
    [
      "an address without the weather: place",
      { ...moved, scene: scene({ address: "延安东路", occurredAt: AT }) },
      "place",
    ],
    ["a place without its time: place", { ...moved, scene: scene({ address: "延安东路", weather: "fog" }) }, "place"],
    ["placed: details", placed, "details"],
    ["details given: what happened", alone({ details: detailsOf("A") }), "statement"],
    [
      "stated, nobody joined: invite",
      alone({ details: detailsOf("A"), statement: statement("QS-01", "none") }),
      "invite",
    ],
    [
      "stated, B has joined: wait for his statement",
      withParty(ready, "B", { statement: null, details: null }),
      "wait-statement",
    ],
    ["statements differ: difference", withParty(ready, "B", { statement: statement("QS-02", "QS-01") }), "difference"],
    [
      "alike but not for us: difference",
      withParty(withParty(ready, "A", { statement: statement("none", "none") }), "B", {
        statement: statement("none", "none"),
      }),
      "difference",
    ],
    ["alike, B's data missing: wait for them", withParty(ready, "B", { details: null }), "wait-details"],
    ["all there: sign", ready, "sign"],
    ["signed alone: wait for the other", withParty(ready, "A", { signature }), "wait-signature"],
    ["B has signed first: sign", withParty(ready, "B", { signature }), "sign"],
    ["concluded: done", { ...ready, concludedAt: AT }, "done"],
    ["ended: ended, whatever else", { ...ready, ended: { code: "withdrawn", reasons: [], by: "A", at: AT } }, "ended"],
  ];
  for (const [name, accident, step] of arrows) {
    it(name, () => assert.equal(stepOf(accident, "A", catalogue), step));
  }
});

describe("where driver B stands", () => {
  const joined = (over: object = {}) => withParty(opened(), "B", newParty("B", over));
  const arrows: [string, Accident, Step][] = [
    ["not joined: join", opened(), "join"],
    ["joined without having cleared: join", joined({ clearedAt: null }), "join"],
    ["joined: his details, although A still photographs", joined(), "details"],
    ["details given: what happened", joined({ details: detailsOf("B") }), "statement"],
    [
      "stated first: wait for A's statement",
      joined({ details: detailsOf("B"), statement: statement("none", "QS-01") }),
      "wait-statement",
    ],
    ["statements differ: difference", withParty(ready, "A", { statement: statement("none", "none") }), "difference"],
    ["alike, A's data missing: wait", withParty(ready, "A", { details: null }), "wait-details"],
    ["alike, the place missing: wait", { ...ready, scene: scene({ address: null }) }, "wait-details"],
    ["alike, the photos not safe: wait", { ...ready, photos: [] }, "wait-details"],
    ["all there: sign", ready, "sign"],
    ["signed: wait for A", withParty(ready, "B", { signature }), "wait-signature"],
    ["concluded: done", { ...ready, concludedAt: AT }, "done"],
    [
      "ended before he came: ended",
      { ...opened(), ended: { code: "timed-out", reasons: [], by: null, at: AT } },
      "ended",
    ],
  ];
  for (const [name, accident, step] of arrows) {
    it(name, () => assert.equal(stepOf(accident, "B", catalogue), step));
  }
});

describe("what follows from the steps", () => {
  const states: [string, Accident][] = [
    ["open", opened()],
    ["open", withParty(ready, "B", { details: null })],
    ["ready-to-sign", ready],
    ["half-signed", withParty(ready, "A", { signature })],
    ["half-signed", withParty(ready, "B", { signature })],
    ["concluded", { ...ready, concludedAt: AT }],
    ["ended", { ...ready, ended: { code: "dispute", reasons: [], by: "B", at: AT } }],
  ];
  for (const [status, accident] of states) {
    it(`the status is ${status}`, () => assert.equal(statusOf(accident, catalogue), status));
  }

  it("only who stands before the signature may sign, and then the whole agreement is there", () => {
    assert.ok(mayBeSigned(ready, "A", catalogue) && mayBeSigned(ready, "B", catalogue));
    assert.ok(!mayBeSigned(withParty(ready, "A", { signature }), "A", catalogue));
    assert.ok(!mayBeSigned({ ...ready, concludedAt: AT }, "B", catalogue));
    const content = agreementOf(ready, catalogue);
    assert.deepEqual(content?.forms, ["rear_end"]);
    assert.deepEqual([content?.parties.A.degree, content?.parties.B.degree], ["full", "none"]);
  });

  const holes: [string, Accident][] = [
    ["address", { ...ready, scene: { ...ready.scene, address: null } }],
    ["weather", { ...ready, scene: { ...ready.scene, weather: null } }],
    ["A's details", withParty(ready, "A", { details: null })],
    ["B's statement", withParty(ready, "B", { statement: null })],
    ["the second driver", { ...ready, parties: { ...ready.parties, B: null } }],
  ];
  for (const [name, accident] of holes) {
    it(`there is no agreement without ${name}`, () => assert.equal(agreementOf(accident, catalogue), null));
  }

  it("an announced photo is not asked for again, a refused one is; safe are only stored ones", () => {
    const some = opened({ photos: [photo("scene", "announced"), photo("own-damage", "refused"), photo("extra")] });
    assert.deepEqual(missingSlots(some), PHOTO_SLOTS.slice(1));
    assert.equal(photosAreSafe(some), false);
    assert.equal(photosAreSafe(photographed), true);
  });
});

describe("the pages that are open", () => {
  const stated = (over: object) => alone({ details: detailsOf("A"), statement: statement("QS-01", "none"), ...over });
  const filled: Step[] = ["place", "details", "statement"];
  const pages: [string, Accident, Letter, Step[]][] = [
    ["photographing: only that", opened(), "A", ["photos"]],
    ["about to move: the photographs, and whom to invite", photographed, "A", ["photos", "move", "invite"]],
    ["moved: the place, and whom to invite", moved, "A", ["place", "invite"]],
    ["placed: back to the place", placed, "A", ["place", "details", "invite"]],
    ["at the statement: back to both", alone({ details: detailsOf("A") }), "A", [...filled, "invite"]],
    ["inviting: all that was given", stated({}), "A", [...filled, "invite"]],
    ["waiting: no more inviting", withParty(ready, "B", { statement: null }), "A", [...filled, "wait-statement"]],
    ["differing", withParty(ready, "B", { statement: statement("QS-02", "QS-01") }), "A", [...filled, "difference"]],
    ["waiting for data", withParty(ready, "B", { details: null }), "A", [...filled, "wait-details"]],
    ["about to sign: all may still be corrected", ready, "A", [...filled, "sign"]],
    ["the other has signed: corrections still", withParty(ready, "B", { signature }), "A", [...filled, "sign"]],
    ["signed: nothing more", withParty(ready, "A", { signature }), "A", ["wait-signature"]],
    ["concluded: only the end", { ...ready, concludedAt: AT }, "A", ["done"]],
    ["ended: only the end", { ...moved, ended: { code: "dispute", reasons: [], by: "B", at: AT } }, "A", ["ended"]],
    ["B at the data: the place to correct", withParty(placed, "B", {}), "B", ["place", "details"]],
    ["B at the data before the place is there", withParty(moved, "B", {}), "B", ["details"]],
    ["B about to sign: of A's the place alone", ready, "B", ["place", "details", "statement", "sign"]],
    ["B has signed", withParty(ready, "B", { signature }), "B", ["wait-signature"]],
  ];
  for (const [name, accident, letter, open] of pages) {
    it(name, () => assert.deepEqual(new Set(openSteps(accident, letter, catalogue)), new Set(open)));
  }
});

describe("what may still be given", () => {
  const signedByA = withParty(ready, "A", { signature });
  const cases: [string, Step, Accident, Letter, boolean][] = [
    ["data before its page is reached", "details", opened(), "A", true],
    ["a correction before one's own signature", "statement", withParty(ready, "B", { signature }), "A", true],
    ["no correction after it", "details", signedByA, "A", false],
    ["no place after it", "place", signedByA, "A", false],
    ["the other's correction after it", "details", signedByA, "B", true],
    ["a correction of the place by B", "place", ready, "B", true],
    ["no place by B before A has given it", "place", moved, "B", false],
    ["no place by B after B's signature", "place", withParty(ready, "B", { signature }), "B", false],
    ["nothing once it is concluded", "details", { ...ready, concludedAt: AT }, "A", false],
    ["no photographs once the cars have moved", "photos", moved, "A", false],
  ];
  for (const [name, step, accident, letter, may] of cases) {
    it(name, () => assert.equal(mayGive(step, accident, letter, catalogue), may));
  }

  it("whoever joined may be taken out until one of them has signed", () => {
    assert.ok(mayRemoveOther(ready, "A"));
    assert.ok(!mayRemoveOther(ready, "B"));
    for (const letter of ["A", "B"] as const) assert.ok(!mayRemoveOther(withParty(ready, letter, { signature }), "A"));
  });
});

describe("the other driver is invited", () => {
  const invitation = { code: "c", digits: "123456", digitsExpireAt: AT, qrUrl: null, expiresAt: AT, usedAt: null };
  const before = new Date(AT.getTime() - 1);
  const cases: [string, Accident, Date, boolean][] = [
    ["not before the photographs are safe", opened(), AT, false],
    ["as soon as they are", photographed, AT, true],
    ["not while a code is good", { ...moved, invitation }, before, false],
    ["again when it has run out", { ...moved, invitation }, AT, true],
    ["not when somebody has joined", ready, AT, false],
    [
      "not when the case is over",
      { ...photographed, ended: { code: "dispute", reasons: [], by: "A", at: AT } },
      AT,
      false,
    ],
  ];
  for (const [name, accident, now, needs] of cases) {
    it(name, () => assert.equal(needsInvitation(accident, now), needs));
  }
});

describe("the steps that a driver is told of", () => {
  const told = (step: Step, letter: Letter) => Object.values(progressOf(step, letter) ?? {});
  it("are counted over the driver's own way, with the minutes that are left", () => {
    assert.deepEqual(told("photos", "A"), [1, 6, 8]);
    assert.deepEqual(told("details", "A"), [4, 6, 4]);
    assert.deepEqual(told("details", "B"), [1, 3, 4]);
    assert.deepEqual(told("sign", "B"), [3, 3, 1]);
  });
  it("stand at the next one while the other driver is waited for, and end with the signature", () => {
    assert.deepEqual(told("wait-statement", "A"), told("sign", "A"));
    for (const step of ["wait-signature", "done", "ended"] as const) assert.equal(progressOf(step, "A"), null);
  });
});
