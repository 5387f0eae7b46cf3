import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { APPLICATION_ACTS, GUIDANCE_ACTS, LETTER_ACTS } from "../../src/domain/dispute-table.ts";
import { type Forgotten, walk } from "./dispute-walk.ts";

describe("two drivers, two officers, an auxiliary, a supervisor and the clock", () => {
  it("10,000 walks: never an illegal state, never a lost act, always an end", () => {
    const made = new Set<string>();
    for (let seed = 1; seed <= 10_000; seed++) for (const type of walk(seed)) made.add(type);
    assert.ok(made.size >= 27, `every move was made: ${[...made].join(" ")}`);
  });
});

const [guidance, application, letter] = [GUIDANCE_ACTS, APPLICATION_ACTS, LETTER_ACTS];

/** Rows of the table, each as it must not be. */
const FAULTS: [what: string, row: object, change: object][] = [
  [
    "an application is taken a second time",
    application["take-application"],
    { from: ["applied", "in-hand", "evidence-asked"] },
  ],
  ["a refusal counts as agreement", application.refuse, { to: "applied" }],
  [
    "a withdrawn application is determined",
    application.determine,
    { from: ["in-hand", "evidence-asked", "withdrawn"] },
  ],
  ["any officer returns what another has in hand", application.return, { isHandlers: undefined }],
  ["an application that is put back is lost", application["release-application"], { to: "returned" }],
  ["any officer takes an application from another", application["reassign-application"], { by: "determine" }],
  ["an auxiliary determines", application["take-application"], { by: "guide" }],
  [
    "nobody may withdraw once an officer has it",
    application["withdraw-application"],
    { from: ["proposed", "applied"] },
  ],
  ["only who has the case in hand gets answers", application["answer-evidence"], { from: ["evidence-asked"] }],
  ["alike statements leave the application open", application["settle-application"], { from: [] }],
  ["alike statements leave the guidance open", guidance["settle-guidance"], { from: [] }],
  ["a proposal lapses into the queue", application["lapse-proposal"], { to: "applied" }],
  ["guidance is asked for twice at a time", guidance["ask-guidance"], { from: ["none", "asked", "given"] }],
  ["guidance that is put back is over", guidance["release-guidance"], { to: "withdrawn" }],
  ["an officer takes a colleague's guidance away", guidance["reassign-guidance"], { by: "guide" }],
  ["an officer replaces a letter", letter.replace, { by: "determine" }],
  ["an auxiliary confirms service", letter["confirm-service"], { by: "guide" }],
];

const FORGOTTEN: Forgotten = [
  "note-guidance-late",
  "release-late-guidance",
  "note-application-late",
  "remind",
  "lapse-proposal",
  "lapse-evidence",
  "return-untaken",
  "note-overdue",
  "release-late-application",
  "note-service-late",
];

/** Enough for each of these faults to be met. */
const SEEDS = 1_000;

/** The first complaint within the seeds; null: none. */
function complaint(forgotten: Forgotten = []): string | null {
  for (let seed = 1; seed <= SEEDS; seed++)
    try {
      walk(seed, forgotten);
    } catch (error) {
      assert.ok(error instanceof assert.AssertionError, String(error));
      return error.message;
    }
  return null;
}

describe("the walk complains where", () => {
  for (const [what, row, change] of FAULTS)
    it(what, () => {
      const before = { ...row };
      Object.assign(row, change);
      try {
        assert.notEqual(complaint(), null);
      } finally {
        Object.assign(row, before);
      }
    });

  for (const act of FORGOTTEN)
    it(`the clock forgets ${act}`, () => {
      assert.notEqual(complaint([act]), null);
    });
});
