import type { Letter } from "../domain/accident.ts";
import type { PhotoSlot } from "../domain/photo.ts";
import { claimLine } from "./claims.ts";
import type { PartyPage } from "./page.ts";
import { timelineOf } from "./timeline.ts";
import { dayTimeText, timeText } from "./times.ts";

/** The case page: what happened so far, how the claim stands, and always one answer to "what now?". */
export const casePage: PartyPage = {
  path: "",
  template: "settle/case.njk",
  show: ({ ctx, accident, view, person }) => {
    const now = ctx.clock.now();
    const { language } = person;
    return {
      opened: dayTimeText(view.openedAt, language),
      timeline: timelineOf(accident.events, view.letter)
        .reverse()
        .map((entry) => ({ ...entry, time: timeText(entry.at, now, language) })),
      shown: view.photos
        .filter(({ state }) => state === "stored")
        .map(({ id, slot }) => ({ id, seenAs: seenAs(slot, view.letter) })),
      line: view.concludedAt ? claimLine(view, { accident, config: ctx.config, now, language }) : null,
    };
  },
};

/** Own and other are said by A, who takes them: to B it is the other way round. */
const MIRRORED: Partial<Record<PhotoSlot, PhotoSlot>> = {
  "own-damage": "other-damage",
  "other-damage": "own-damage",
  "own-plate": "other-plate",
  "other-plate": "own-plate",
};

const seenAs = (slot: PhotoSlot, letter: Letter): PhotoSlot => (letter === "B" && MIRRORED[slot]) || slot;
