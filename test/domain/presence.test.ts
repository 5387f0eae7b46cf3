import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Accident, EventType } from "../../src/domain/accident.ts";
import { isNewlyShown, isNews, isWatched, lookOf, markOf, showingOf } from "../../src/domain/presence.ts";
import { AT, readyToSign, withParty } from "./accident-builder.ts";

const after = (seconds: number) => new Date(AT.getTime() + seconds * 1000);
const event = (type: EventType, at: Date) => ({ type, by: "A" as const, data: {}, seq: 0, at, prev: "", hash: "" });
const seenAt = (accident: Accident) => lookOf(accident, "A", "sign")?.at ?? null;

describe("whether the other driver has looked", () => {
  it("is what their own page said of that step, never what follows from the step", () => {
    const accident = readyToSign();
    assert.deepEqual(lookOf(accident, "A", "sign"), { at: null });
    assert.deepEqual(seenAt({ ...accident, seen: { B: { sign: after(5) } } }), after(5));
    assert.equal(seenAt({ ...accident, seen: { A: { sign: after(5) }, B: { details: after(5) } } }), null);
  });

  it("counts for the text as it is, and for who sits there now", () => {
    const seen = { B: { sign: after(5) } };
    const changed = readyToSign({ seen, events: [event("details-given", after(9))] });
    assert.equal(seenAt(changed), null);
    assert.deepEqual(seenAt({ ...changed, seen: { B: { sign: after(10) } } }), after(10));
    assert.equal(seenAt(withParty(readyToSign({ seen }), "B", { joinedAt: after(60) })), null);
  });

  it("is no question where they have nothing to do, or are not there", () => {
    const accident = readyToSign({ seen: { B: { "wait-signature": after(5) } } });
    assert.equal(lookOf(accident, "A", "wait-signature"), null);
    assert.equal(lookOf(accident, "A", "done"), null);
    assert.equal(lookOf({ ...accident, parties: { ...accident.parties, B: null } }, "A", "details"), null);
    assert.equal(isWatched("sign"), true);
  });

  it("is written once a minute for each page", () => {
    const accident = readyToSign({ seen: { B: { sign: after(0) } } });
    assert.equal(isNews(accident, "B", { step: "sign", at: after(59) }), false);
    assert.equal(isNews(accident, "B", { step: "sign", at: after(60) }), true);
    assert.equal(isNews(accident, "B", { step: "statement", at: after(1) }), true);
    assert.equal(isNews(accident, "A", { step: "sign", at: after(1) }), true);
    assert.equal(isNews(accident, "A", { step: "wait-signature", at: after(1) }), false);
  });

  it("makes another mark of the case, as each change does", () => {
    const accident = readyToSign();
    const marks = [
      accident,
      { ...accident, version: 2 },
      { ...accident, seen: { A: { sign: after(1) } } },
      { ...accident, seen: { A: { sign: after(1) }, B: { details: after(2) } } },
    ].map(markOf);
    assert.equal(new Set(marks).size, 4);
  });
});

describe("whether a driver's open page shows the news of a notice", () => {
  const news = { version: 7, madeAt: after(0) };
  const shown = (version: number, seconds: number) => readyToSign({ shown: { B: { version, at: after(seconds) } } });
  const showing = (accident: Accident, seconds: number) => showingOf(accident, "B", { ...news, at: after(seconds) });

  it("is what the page itself has said", () => {
    assert.equal(showing(shown(7, -3_600), 0), "yes");
    assert.equal(showing(shown(9, 1), 1), "yes");
    assert.equal(showing(readyToSign(), 0), "no");
    assert.equal(showingOf(shown(7, 0), "A", { ...news, at: after(0) }), "no", "not what the other's page shows");
  });

  it("is awaited for a few seconds while a page is open", () => {
    assert.equal(showing(shown(6, -30), 1), "perhaps");
    assert.equal(showing(shown(6, -30), 5), "no", "it has been closed, or has not shown it");
    assert.equal(showing(shown(6, -80), 1), "no", "no page is open");
  });

  it("is written when the version is another one, and once a minute", () => {
    assert.equal(isNewlyShown(shown(6, 0), "B", { version: 7, at: after(1) }), true);
    assert.equal(isNewlyShown(shown(7, 0), "B", { version: 7, at: after(59) }), false);
    assert.equal(isNewlyShown(shown(7, 0), "B", { version: 7, at: after(60) }), true);
    assert.equal(isNewlyShown(shown(7, 0), "A", { version: 7, at: after(1) }), true);
  });
});
