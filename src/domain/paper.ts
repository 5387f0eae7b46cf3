import type { Accident, Documents } from "./accident.ts";

/** The names of the rendered agreement's files in the blob store. */
export type Paper = Omit<Documents, "renderedAt">;

/** Whether the claims went without the paper, and the drivers were told that it follows. */
export const isPaperDelayed = ({ events }: Pick<Accident, "events">): boolean =>
  events.some(({ type }) => type === "documents-delayed");
