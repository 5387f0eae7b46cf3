import { claimLine } from "./claims.ts";
import type { PartyPage } from "./page.ts";
import { seenPhotos } from "./seen-photos.ts";
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
      shown: seenPhotos(view),
      line: view.concludedAt ? claimLine(view, { config: ctx.config, now, language }) : null,
    };
  },
};
