import { confirmMoved } from "../actions/confirm-moved.ts";
import { invitationCard } from "./invitation-card.ts";
import type { StepPage } from "./page.ts";

/** Page 3: the evidence is safe, the cars may leave the carriageway (Order 146 art. 19). */
export const movePage: StepPage = {
  template: "h5/move.njk",
  show: (request) => ({ invitation: invitationCard(request) }),
  submit: ({ ctx, party }) => confirmMoved(ctx, party),
};
