import Joi from "joi";
import { addWorkingDays, LETTER_DAYS } from "../domain/working-days.ts";
import { dutyText, officeText } from "./office.ts";
import type { PageRequest, StepPage } from "./page.ts";
import { requestsOf } from "./requests.ts";
import { wholeDayText } from "./times.ts";
import { press, waysOf } from "./ways.ts";

interface Body {
  act: "withdraw-application" | "withdraw-guidance";
}

/** Who has the application, and until when the letter is due; the page says since when. */
function standing(request: PageRequest): object {
  const { view, t } = request;
  const { office = null, acceptedAt = null } = view.dispute?.application ?? {};
  return {
    who: office ? t("h5.decision.taken", { office: officeText(request, office) }) : t("h5.decision.queued"),
    due: acceptedAt && dueText(request, acceptedAt),
  };
}

/** The days count from the first officer who took it; they begin anew with nobody (Order 146 art. 24). */
function dueText({ ctx, person, t }: PageRequest, acceptedAt: Date): string {
  const { until } = addWorkingDays(acceptedAt, LETTER_DAYS, ctx.config.rules.calendar);
  const day = wholeDayText(until, person.language);
  return t(until < ctx.clock.now() ? "h5.decision.overdue" : "h5.decision.due", { day });
}

/** The joint application is with the police: who has it, since when, and what can be done meanwhile. */
export const decisionPage: StepPage<Body> = {
  template: "h5/decision.njk",
  body: Joi.object<Body>({ act: Joi.valid("withdraw-application", "withdraw-guidance").required() }),
  show: async (request) => {
    const { application } = request.view.dispute ?? {};
    return {
      ...standing(request),
      duty: await dutyText(request, "determine"),
      isLate: application?.state === "applied" && application.lateAt !== null,
      waitsForOther: application?.waitsForOther ?? false,
      requests: requestsOf(request),
      ways: await waysOf(request),
    };
  },
  submit: ({ body, ...request }) => press(request, body.act),
};
