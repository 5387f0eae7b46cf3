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
  const { ctx, view, person, t } = request;
  const { application } = view.dispute ?? {};
  if (!application?.office) return { who: t("h5.decision.queued"), due: null };
  const { office } = application;
  const due = addWorkingDays(office.since, LETTER_DAYS, ctx.config.rules.calendar).until;
  return {
    who: t("h5.decision.taken", { office: officeText(request, office) }),
    due: t("h5.decision.due", { day: wholeDayText(due, person.language) }),
  };
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
