import { invitationCard } from "./invitation-card.ts";
import type { StepPage } from "./page.ts";
import { timeText } from "./times.ts";

/**
 * Waiting for the other driver: the code again, since when, what meanwhile; or who joined and how to take
 * them out.
 */
export const invitePage: StepPage = {
  template: "h5/invite.njk",
  show: (request) => {
    const { ctx, view, person } = request;
    const joinedAt = view.other.joinedAt && timeText(view.other.joinedAt, ctx.clock.now(), person.language);
    return { invitation: invitationCard(request), joinedAt, waiting: view.step === "invite" };
  },
};
