import { agreeEnd } from "../actions/agree-end.ts";
import { resumeAccident } from "../actions/resume-accident.ts";
import type { View } from "../domain/view.ts";
import { Conflict, Invalid } from "../errors.ts";
import type { WordKey } from "../render.ts";
import type { PageRequest, PartyPage } from "./page.ts";
import { timeText } from "./times.ts";

/** How the ended case can still be taken up again, for templates/h5/resume.njk; null: not any more. */
export function resumptionCard({ ctx, view, person }: PageRequest): object | null {
  const { resumption } = view;
  if (!isOpen(view, ctx.clock.now()) || !resumption) return null;
  return { ...resumption, until: timeText(resumption.until, ctx.clock.now(), person.language) };
}

export const isOpen = ({ resumption }: Pick<View, "resumption">, now: Date): boolean =>
  resumption !== null && resumption.until > now;

/** Takes the case up again, or asks the other driver to. */
export const resumePage: PartyPage = {
  path: "resume",
  template: "h5/ask-resume.njk",
  openWith: ["ended"],
  show: (request) => ({ resumption: resumptionCard(request) }),
  async submit({ ctx, party }) {
    try {
      await resumeAccident(ctx, party);
    } catch (error) {
      if (!(error instanceof Conflict) || error.code !== "already-open") throw error;
      throw new Invalid("h5.resume.another" satisfies WordKey);
    }
  },
};

/** Agrees to the end that the other driver has chosen. */
export const agreeEndPage: PartyPage = {
  path: "agree-end",
  openWith: ["ended"],
  submit: ({ ctx, party }) => agreeEnd(ctx, party),
};
