import { reportStuckCar } from "../actions/report-stuck-car.ts";
import { endContent } from "./ends.ts";
import type { StepPage } from "./page.ts";
import { resumptionCard } from "./resume.ts";
import { timeText } from "./times.ts";

/**
 * The case has left the self-settlement: what to do now, in which order, and whom to call. Its one form says
 * that a car cannot be moved.
 */
export const endedPage: StepPage = {
  template: "h5/ended.njk",
  show: (request) => {
    const { ctx, view, t, person } = request;
    const { code, reasons, by, at } = view.ended!;
    const spot = view.dispute?.spotLetter ?? null;
    return {
      ...endContent(ctx, t, { code, reasons, at: view.movedAt ? "moved" : "standing" }),
      resumption: resumptionCard(request),
      spot: spot && { number: spot.number, degree: t(`h5.letter.degree.${spot.degree}`) },
      by: by && (by === view.letter ? "me" : "other"),
      at: timeText(at, ctx.clock.now(), person.language),
      stored: view.photos.filter(({ state }) => state === "stored").length,
    };
  },
  submit: ({ ctx, party }) => reportStuckCar(ctx, party),
};
