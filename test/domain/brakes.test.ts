import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Accident, Letter } from "../../src/domain/accident.ts";
import {
  mayNoteLanguage,
  PIECES,
  requireCalm,
  requireEventRoom,
  requireFewConsents,
  requireFewPictures,
  requirePieceRoom,
} from "../../src/domain/brakes.ts";

const NOW = new Date("2026-11-29T04:00:00Z");
const minutesAgo = (minutes: number) => new Date(NOW.getTime() - minutes * 60_000);

/** A case with changes of one driver, so many minutes ago each. */
function changed(by: Letter, minutes: readonly number[], { joined = 120, type = "statement-given" } = {}): Accident {
  const events = minutes.map((ago) => ({ type, by, at: minutesAgo(ago), data: {} }));
  const party = { joinedAt: minutesAgo(joined) };
  return { events, parties: { A: party, B: party } } as unknown as Accident;
}
const many = (count: number, ago = 10) => Array<number>(count).fill(ago);
const tooMany = { code: "too-many-changes", status: 429 };

describe("changes of one driver in one case", () => {
  it("are thirty an hour", () => {
    requireCalm(changed("B", many(29)), "B", NOW);
    assert.throws(() => requireCalm(changed("B", many(30)), "B", NOW), tooMany);
    requireCalm(changed("B", [...many(29), 61]), "B", NOW);
  });

  it("are not the other driver's, nor those of somebody who was taken out", () => {
    requireCalm(changed("B", many(60)), "A", NOW);
    requireCalm(changed("B", many(60), { joined: 5 }), "B", NOW);
  });

  it("are what is changed; a language is noted ten times an hour", () => {
    requireCalm(changed("B", many(60), { type: "photo-stored" }), "B", NOW);
    const languages = (count: number) => changed("B", many(count), { type: "language-chosen" });
    assert.deepEqual(
      [9, 10].map((count) => mayNoteLanguage(languages(count), "B", NOW)),
      [true, false],
    );
  });

  it("end where the document of a case would, but for signing, ending and what machines report", () => {
    const full = changed("B", many(1_000, 70));
    const doing = (type: string, by: string) => ({ events: [{ type, by, data: {} }] }) as never;
    requireEventRoom(changed("B", many(999)), doing("photo-stored", "A"));
    for (const type of ["photo-stored", "statement-given", "photo-rejected"])
      assert.throws(() => requireEventRoom(full, doing(type, "A")), { code: "case-full", status: 429 });
    for (const [type, by] of [
      ["ended", "A"],
      ["agreement-signed", "B"],
      ["claim-status-changed", "insurer:PICC"],
      ["documents-rendered", "system"],
    ] as const)
      requireEventRoom(full, doing(type, by));
  });
});

describe("the room for events", () => {
  const doing = (by: Letter, type = "statement-given") => ({ events: [{ type, by, data: {} }] }) as never;

  it("is never used up by one driver alone: four hundred, and what ends the case", () => {
    const filled = changed("B", many(400, 90));
    assert.throws(() => requireEventRoom(filled, doing("B")), { code: "case-full", status: 429 });
    requireEventRoom(filled, doing("B", "ended"));
    requireEventRoom(filled, doing("A"));
    requireEventRoom(changed("B", many(400, 90), { joined: 5 }), doing("B"));
    const left = { ...filled, parties: { ...filled.parties, B: null } };
    requireEventRoom(left, doing("B", "party-joined"));
  });

  it("is not spent on a consent that is given and withdrawn again and again", () => {
    requireFewConsents(changed("B", many(19), { type: "consent-given" }), "B", NOW);
    assert.throws(() => requireFewConsents(changed("B", many(20), { type: "consent-withdrawn" }), "B", NOW), tooMany);
  });
});

describe("pictures of one driver in one case", () => {
  it("are sixty an hour, whatever becomes of them", () => {
    const sent = (count: number, ago?: number) => changed("B", many(count, ago), { type: "photo-rejected" });
    requireFewPictures(sent(59), "B", NOW);
    requireFewPictures(sent(60), "A", NOW);
    requireFewPictures(sent(60, 61), "B", NOW);
    assert.throws(() => requireFewPictures(sent(60), "B", NOW), { code: "too-many-requests", status: 429 });
  });
});

describe("pieces of unfinished pictures", () => {
  const counted = (all: number) => {
    let asked = 0;
    const count = async () => {
      asked++;
      return all;
    };
    return { count, asked: () => asked };
  };

  it("are limited for one driver, whatever everybody keeps", async () => {
    const { count } = counted(0);
    await requirePieceRoom(PIECES.mine - 1, count);
    await assert.rejects(requirePieceRoom(PIECES.mine, count), { code: "too-many-unfinished", status: 429 });
  });

  it("are limited for everybody together, and still one picture at its limit for each", async () => {
    const full = counted(PIECES.all);
    await assert.rejects(requirePieceRoom(PIECES.share, full.count), { status: 503 });
    await requirePieceRoom(PIECES.share - 1, full.count);
    assert.equal(full.asked(), 1, "who keeps little is not counted with the others");
    await requirePieceRoom(PIECES.share, counted(PIECES.all - 1).count);
  });
});
