import { confirmMoved } from "../actions/confirm-moved.ts";
import type { FindingCode } from "../domain/photo.ts";
import type { View } from "../domain/view.ts";
import { invitationCard } from "./invitation-card.ts";
import type { StepPage } from "./page.ts";
import { positionTexts } from "./positions.ts";

const ALIKE: readonly FindingCode[] = ["seen-before", "same-picture"];
const ELSEWHERE: readonly FindingCode[] = ["taken-earlier", "taken-elsewhere"];

type Doubt = "unclear" | "alike" | "elsewhere";

const doubtOf = (code: FindingCode): Doubt =>
  ALIKE.includes(code) ? "alike" : ELSEWHERE.includes(code) ? "elsewhere" : "unclear";

/** The photographs with a finding, each once under the gravest, by what is doubted. */
function doubtsOf({ photos }: View): Record<Doubt, object[]> {
  const doubts: Record<Doubt, object[]> = { unclear: [], alike: [], elsewhere: [] };
  for (const { slot, state, findings } of photos) {
    const [first] = findings;
    if (state === "stored" && first) doubts[doubtOf(first.code)].push({ slot, code: first.code });
  }
  return doubts;
}

/** Page 3: the evidence is safe, the cars may leave the carriageway (Order 146 art. 19). */
export const movePage: StepPage = {
  template: "h5/move.njk",
  show: (request) => ({
    invitation: invitationCard(request),
    doubts: doubtsOf(request.view),
    positions: positionTexts(request),
  }),
  submit: ({ ctx, party }) => confirmMoved(ctx, party),
};
