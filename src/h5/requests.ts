import type { EvidenceRequest } from "../domain/dispute.ts";
import type { PageRequest } from "./page.ts";
import { timeText } from "./times.ts";

/** Something that the officer asked this driver for, and what became of it, for templates/h5/requests.njk. */
export interface ShownRequest extends Pick<EvidenceRequest, "id" | "what" | "text"> {
  isOpen: boolean;
  /** when it was asked, until when, and how it ended */
  line: string;
  answer: { text: string; photoIds: string[] } | null;
}

/** All that an officer asked this driver for in the application that runs, the latest first. */
export function requestsOf({ ctx, view, person, t }: PageRequest): ShownRequest[] {
  const now = ctx.clock.now();
  const text = (at: Date) => timeText(at, now, person.language);
  const { requests = [], openRequests = [] } = view.dispute?.application ?? {};
  const lineOf = ({ answer, lapsedAt, until, askedAt }: EvidenceRequest): string => {
    if (answer) return t("h5.request.answered", { time: text(answer.at) });
    if (lapsedAt) return t("h5.request.lapsed", { time: text(lapsedAt) });
    return t("h5.request.until", { time: text(askedAt), until: text(until) });
  };
  return requests.toReversed().map((request) => ({
    id: request.id,
    what: request.what,
    text: request.text,
    isOpen: openRequests.some(({ id }) => id === request.id),
    line: lineOf(request),
    answer: request.answer,
  }));
}
