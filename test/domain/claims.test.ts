import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CLAIM_STATUSES, type ClaimStatus } from "../../src/domain/accident.ts";
import { judgeNews, judgeStatus, type StatusVerdict } from "../../src/domain/claim-status.ts";
import { nextAttempt, RETRY_SCHEDULE_S } from "../../src/domain/retry.ts";
import { AT } from "./accident-builder.ts";

describe("when a delivery is tried again", () => {
  const failed = { attempts: 1, slowDown: false, retryAfterS: null, random: 0.5 };
  const MINUTE = 60;
  const HOUR = 3_600;

  const schedule = [0, 5, 30, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR];
  for (const [attempts, seconds] of schedule.entries()) {
    it(`after ${attempts} attempts: in ${seconds} s, a fifth more or less`, () => {
      assert.equal(nextAttempt({ ...failed, attempts }), seconds * 1000);
      assert.equal(nextAttempt({ ...failed, attempts, random: 0 }), seconds * 800);
      assert.equal(nextAttempt({ ...failed, attempts, random: 1 }), seconds * 1200);
    });
  }

  it("the eleventh failure was the last, more than three days after the first", () => {
    assert.equal(RETRY_SCHEDULE_S.length, 11);
    assert.equal(nextAttempt({ ...failed, attempts: 11 }), null);
    assert.equal(nextAttempt({ ...failed, attempts: 99, retryAfterS: 60 }), null);
    assert.ok(schedule.reduce((sum, s) => sum + s) * 0.8 > 2.5 * 24 * HOUR);
    assert.ok(schedule.reduce((sum, s) => sum + s) > 3 * 24 * HOUR);
  });

  it("after 429 or a time-out at least a minute passes, whatever chance says", () => {
    assert.equal(nextAttempt({ ...failed, slowDown: true }), 60_000);
    assert.equal(nextAttempt({ ...failed, slowDown: true, random: 0 }), 60_000);
    assert.equal(nextAttempt({ ...failed, attempts: 4, slowDown: true }), 30 * MINUTE * 1000);
  });

  it("Retry-After is honoured up to a day, and never shortens the pause", () => {
    assert.equal(nextAttempt({ ...failed, retryAfterS: 120 }), 120_000);
    assert.equal(nextAttempt({ ...failed, retryAfterS: 10 * 24 * HOUR }), 24 * HOUR * 1000);
    assert.equal(nextAttempt({ ...failed, attempts: 5, retryAfterS: 1 }), 2 * HOUR * 1000);
    assert.equal(nextAttempt({ ...failed, retryAfterS: 10, slowDown: true }), 60_000);
  });
});

describe("what a status from the insurer does", () => {
  const judge = (from: ClaimStatus, to: ClaimStatus): StatusVerdict =>
    judgeStatus({ status: from, statusAt: AT, sequence: 3 }, { status: to, sequence: 4, occurredAt: null });

  const way = CLAIM_STATUSES.slice(0, 10);
  const EXITS: ClaimStatus[] = ["need_more", "rejected", "cancelled"];
  const verdictOf = (from: ClaimStatus, to: ClaimStatus): StatusVerdict => {
    if (to === "submitted") return "stale";
    if (from === "rejected" || from === "cancelled") return ["closed", "reopened"].includes(to) ? "applied" : "held";
    if (to === "reopened") return ["paid", "closed"].includes(from) ? "applied" : "held";
    if (EXITS.includes(to)) return ["paid", "closed"].includes(from) ? "held" : "applied";
    if (!way.includes(from)) return "applied"; // from need_more and reopened every step of the way
    if (from === "closed" && to === "closed") return "held";
    return way.indexOf(to) >= way.indexOf(from) ? "applied" : "stale";
  };
  for (const from of CLAIM_STATUSES) {
    it(`after ${from}: ${CLAIM_STATUSES.filter((to) => verdictOf(from, to) === "applied").join(", ")}`, () => {
      for (const to of CLAIM_STATUSES) assert.equal(judge(from, to), verdictOf(from, to), `${from} → ${to}`);
    });
  }

  it("paid after rejected is held for a person, after reopening it is applied", () => {
    assert.equal(judge("rejected", "paid"), "held");
    assert.equal(judge("rejected", "reopened"), "applied");
    assert.equal(judge("reopened", "paid"), "applied");
  });

  it("what comes late by its number or its time is kept and moves nothing", () => {
    const claim = { status: "assessed", statusAt: AT, sequence: 5 } as const;
    const earlier = new Date(AT.getTime() - 1);
    const later = new Date(AT.getTime() + 1);
    const late: [number | null, Date | null, StatusVerdict][] = [
      [4, later, "stale"],
      [5, null, "stale"],
      [6, earlier, "applied"],
      [null, earlier, "stale"],
      [null, later, "applied"],
      [null, AT, "applied"],
    ];
    for (const [sequence, occurredAt, verdict] of late)
      assert.equal(judgeStatus(claim, { status: "paid", sequence, occurredAt }), verdict);
  });

  it("a late impossible step is only late", () => {
    const claim = { status: "rejected", statusAt: AT, sequence: 5 } as const;
    assert.equal(judgeStatus(claim, { status: "approved", sequence: 4, occurredAt: null }), "stale");
  });

  it("the same news again has no effect where it was applied, kept or held, and is news again after another", () => {
    const claim = {
      status: "rejected",
      statusAt: AT,
      sequence: 5,
      lastNews: { applied: "a", stale: "s", held: "h" },
    } as const;
    const next = (status: ClaimStatus, digest: string, sequence = 6) =>
      judgeNews(claim, { status, sequence, occurredAt: null }, digest);
    assert.deepEqual(next("rejected", "a"), { verdict: "applied", isRepeated: true });
    assert.deepEqual(next("rejected", "b"), { verdict: "held", isRepeated: false });
    assert.deepEqual(next("paid", "h"), { verdict: "held", isRepeated: true });
    assert.deepEqual(next("surveyed", "s", 4), { verdict: "stale", isRepeated: true });
    assert.deepEqual(next("closed", "c"), { verdict: "applied", isRepeated: false });
    assert.deepEqual(next("closed", "h"), { verdict: "applied", isRepeated: false });
  });

  it("an insurer's numbers may begin at 0 and his clock be behind ours", () => {
    const claim = { status: "submitted", statusAt: AT, sequence: 0 } as const;
    const incoming = { status: "received", sequence: 0, occurredAt: new Date(0) } as const;
    assert.equal(judgeStatus(claim, incoming), "applied");
  });
});
