import { mutualSelfCompensation } from "../domain/claim.ts";
import { claimLine } from "./claims.ts";
import type { StepPage } from "./page.ts";
import { timeText } from "./times.ts";

/** Page 8: the number, the agreement as picture and PDF, what the insurer does next and by when. */
export const donePage: StepPage = {
  template: "h5/done.njk",
  show: ({ ctx, view, person }) => {
    const now = ctx.clock.now();
    const reading = { config: ctx.config, now, language: person.language };
    return {
      line: claimLine(view, reading),
      mine: view.agreement?.parties[view.letter],
      concluded: view.concludedAt && timeText(view.concludedAt, now, person.language),
      eachPaysOwn: view.agreement !== null && mutualSelfCompensation(view.agreement),
      operatorPhone: ctx.config.operatorPhone,
    };
  },
};
