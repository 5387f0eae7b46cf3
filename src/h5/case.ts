import type { Letter } from "../domain/accident.ts";
import type { PhotoSlot } from "../domain/photo.ts";
import { claimLine } from "./claims.ts";
import type { PartyPage } from "./page.ts";
import { dayTimeText, timeText } from "./times.ts";

/** The case page: what happened so far, how the claim stands, and always one answer to "what now?". */
export const casePage: PartyPage = {
  path: "",
  template: "h5/case.njk",
  show: ({ ctx, view, person, t }) => {
    const now = ctx.clock.now();
    const { language } = person;
    return {
      now: t(`h5.case.step.${view.step}`),
      act: t(`h5.case.act.${view.step}`),
      opened: dayTimeText(view.openedAt, language),
      // read from the latest on
      timeline: view.timeline.toReversed().map((entry) => ({ ...entry, time: timeText(entry.at, now, language) })),
      shown: view.photos
        .filter(({ state }) => state === "stored")
        .map(({ id, slot }) => ({ id, seenAs: seenAs(slot, view.letter) })),
      line: view.concludedAt ? claimLine(view, { config: ctx.config, now, language }) : null,
    };
  },
};

/** Slots named from A's side, who takes the five pictures, and their names as B sees them. */
const MIRRORED: Partial<Record<PhotoSlot, PhotoSlot>> = {
  "own-damage": "other-damage",
  "other-damage": "own-damage",
  "own-plate": "other-plate",
  "other-plate": "own-plate",
};

const seenAs = (slot: PhotoSlot, letter: Letter): PhotoSlot => (letter === "B" && MIRRORED[slot]) || slot;
