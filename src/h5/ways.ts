import Joi from "joi";
import { actOnDispute } from "../actions/act-on-dispute.ts";
import type { DisputeAct } from "../domain/dispute-act.ts";
import { MINUTE_MS } from "../domain/dispute-limits.ts";
import { GUIDANCE_ACTS } from "../domain/dispute-table.ts";
import type { ViewedDispute } from "../domain/dispute-view.ts";
import { JOURNEY } from "../domain/journey.ts";
import { callsOf } from "./ends.ts";
import { dutyText, officeText } from "./office.ts";
import { type PageRequest, type PartyPage, pageUrl } from "./page.ts";
import { timeText } from "./times.ts";

/** What a driver may do by one button in a disagreement. */
const BUTTONS = [
  "ask-guidance",
  "withdraw-guidance",
  "propose",
  "agree",
  "refuse",
  "withdraw-application",
] as const satisfies readonly DisputeAct["type"][];
export type Button = (typeof BUTTONS)[number];

export const isButton = (act: string): act is Button => BUTTONS.some((one) => one === act);

/** Whether the ways out of a disagreement are open: a desk, two drivers, no application with the police. */
export function mayAskPolice({ ctx, view }: Pick<PageRequest, "ctx" | "view">): boolean {
  const { waitsFor = "" } = JOURNEY[view.step];
  const isWithPolice = view.step === "evidence" || waitsFor === "officer";
  return ctx.config.police.enabled && view.isRunning && view.other.joined && waitsFor !== "admission" && !isWithPolice;
}

type Asked = Pick<PageRequest, "ctx" | "view" | "person" | "t">;

/** Guidance as the templates show it: how it stands, what was said, what may be done. */
function guidanceOf({ dispute }: Pick<PageRequest["view"], "dispute">, asked: Asked): object {
  const { person, t, ctx } = asked;
  const guidance = dispute?.guidance ?? null;
  const state = guidance?.state ?? "none";
  const text = (at: Date) => timeText(at, ctx.clock.now(), person.language);
  const isWaiting = state === "asked" || state === "taken";
  return {
    state,
    line: guidance && guidanceLine(guidance, { ...asked, text }),
    isLate: state === "asked" && guidance?.lateAt !== null,
    given: (dispute?.given ?? []).map(({ at, how, text: said }) => ({
      head: t(`h5.ways.guidance.said.${how}`, { time: text(at) }),
      said,
    })),
    mayAsk: (GUIDANCE_ACTS["ask-guidance"].from as readonly string[]).includes(state),
    mayWithdraw: isWaiting && guidance?.by === "me",
  };
}

type Telling = Asked & { text(at: Date): string };

function guidanceLine(guidance: NonNullable<ViewedDispute["guidance"]>, asked: Telling): string | null {
  const { t, text } = asked;
  const { state, by, askedAt, office } = guidance;
  if (state === "asked") return t(`h5.ways.guidance.asked.${by}`, { time: text(askedAt) });
  if (state === "taken" && office)
    return t("h5.ways.guidance.taken", { office: officeText(asked, office), time: text(office.since) });
  return state === "withdrawn" ? t(`h5.ways.guidance.withdrawn.${by}`) : null;
}

/** A joint application before it is with the police: how it stands, what may be done. */
function applicationOf({ dispute }: Pick<PageRequest["view"], "dispute">, asked: Asked): object {
  const { person, ctx } = asked;
  const application = dispute?.application ?? null;
  const mayApply = dispute?.mayApply ?? false;
  const isProposed = application?.state === "proposed";
  const text = (at: Date) => timeText(at, ctx.clock.now(), person.language);
  return {
    mayApply,
    line: application && applicationLine(application, { ...asked, text }),
    said: application?.state === "returned" ? (application.returned?.text ?? "") : "",
    mayPropose: mayApply && !isProposed,
    isAskedFor: mayApply && isProposed && application?.by === "other",
    mayWithdraw: isProposed && application?.by === "me",
  };
}

function applicationLine(
  { state, by, proposedAt, returned }: NonNullable<ViewedDispute["application"]>,
  { ctx, t, text }: Telling,
): string | null {
  const { proposalMin } = ctx.config.police.limits;
  const until = new Date(proposedAt.getTime() + proposalMin * MINUTE_MS);
  const times = { time: text(proposedAt), until: text(until) };
  if (state === "proposed") return t(`h5.ways.application.proposed.${by}`, times);
  if (state === "refused") return t(`h5.ways.application.refused.${by}`);
  if (state === "lapsed") return t("h5.ways.application.lapsed", { minutes: proposalMin });
  if (state === "withdrawn") return t("h5.ways.application.withdrawn");
  if (state !== "returned" || !returned) return null;
  return t("h5.ways.application.returned", {
    time: text(returned.at),
    reason: t(`h5.ways.application.reason.${returned.reason}`),
  });
}

/** The ways out of a disagreement besides talking, for templates/h5/ways-parts.njk; null: no desk. */
export async function waysOf(request: PageRequest): Promise<object | null> {
  const { ctx, view, t } = request;
  if (!ctx.config.police.enabled) return null;
  return {
    guidance: guidanceOf(view, request),
    application: applicationOf(view, request),
    duty: await dutyText(request, "guide"),
    minutes: ctx.config.police.limits.proposalMin,
    calls: callsOf(t, ["122", "110"], false),
  };
}

/** Does what a driver's button says. */
export const press = ({ ctx, party }: Pick<PageRequest, "ctx" | "party">, act: Button) =>
  actOnDispute(ctx, party.accidentId, { type: act, by: party.letter });

interface Body {
  act: "ask-guidance" | "withdraw-guidance";
}

/**
 * The ways out of a disagreement for a driver who is at another step: one driver is enough for guidance.
 * Where both have stated and differ, the page of the difference shows them.
 */
export const waysPage: PartyPage<Body> = {
  path: "ways",
  template: "h5/ways.njk",
  isOpen: (request) => mayAskPolice(request) && request.view.step !== "difference",
  body: Joi.object<Body>({ act: Joi.valid("ask-guidance", "withdraw-guidance").required() }),
  show: async (request) => ({ ways: await waysOf(request), stated: request.view.me.statement !== null }),
  async submit({ body, ...request }) {
    await press(request, body.act);
    return pageUrl(request.view.id, "ways");
  },
};
