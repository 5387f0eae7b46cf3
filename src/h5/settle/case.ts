import type { PartyPage } from "../page.ts";
import { claimLine } from "./claims.ts";
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
      shown: view.photos.filter((photo) => photo.state === "stored"),
      line: view.concludedAt ? claimLine(view, { accident, config: ctx.config, now, language }) : null,
    };
  },
};
