import type { Accident, Documents } from "./accident.ts";

/** Names of the rendered agreement's files in the blob store. */
export type Paper = Omit<Documents, "renderedAt">;

/** True when the claims went without the paper and the drivers were told that it follows. */
export const isPaperDelayed = ({ events }: Pick<Accident, "events">): boolean =>
  events.some(({ type }) => type === "documents-delayed");
