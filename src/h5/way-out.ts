import Joi from "joi";
import { endAccident } from "../actions/end-accident.ts";
import { makeInvitation } from "../actions/make-invitation.ts";
import { removeParty } from "../actions/remove-party.ts";
import type { Context } from "../context.ts";
import type { EndCode } from "../domain/accident.ts";
import { type EligibilityAnswer, endOf, HURT, reasonsOf } from "../domain/eligibility.ts";
import { isResumable } from "../domain/resumption.ts";
import { Invalid } from "../errors.ts";
import type { WordKey } from "../render.ts";
import { callsOf, callsOfEnd } from "./ends.ts";
import { type PageRequest, type PartyPage, pageUrl } from "./page.ts";
import { timeText } from "./times.ts";

interface Body {
  choice: keyof typeof CHOICES;
  /** with the choice "unfit": what turned out, an id of the city's list or more or other vehicles */
  fact?: string;
}

interface WayOut {
  code: EndCode;
  /** kept with the end; ids of conditions that the city does not have are left out */
  reasons: string[];
}

/** What a driver may say; "unfit" is followed by the question what turned out. */
const CHOICES = {
  hurt: { code: "hold-scene", reasons: [HURT] },
  left: { code: "other-left", reasons: ["somebody-left"] },
  unfit: null,
  disagree: { code: "dispute", reasons: [] },
  withdraw: { code: "withdrawn", reasons: [] },
} as const satisfies Record<string, WayOut | null>;

const CHOICE_NAMES = Object.keys(CHOICES) as (keyof typeof CHOICES)[];

/** Vehicles that the first page asks for, too. */
const VEHICLES = ["more", "non-motor"] as const;

/** The facts that may turn out after the start, in the words of the list; two are choices of their own. */
function factsOf({ ctx, t, person }: Pick<PageRequest, "ctx" | "t" | "person">): { id: string; text: string }[] {
  const said: string[] = [HURT, "somebody-left"];
  return [
    ...ctx.config.rules.conditions
      .filter(({ id }) => !said.includes(id))
      .map((condition) => ({ id: condition.id, text: condition[person.language] })),
    ...VEHICLES.map((id) => ({ id, text: t(`h5.wayout.${id}`) })),
  ];
}

/** The end that a choice leads to; null: it leads to none (yet). */
function wayOutOf(ctx: Context, { choice, fact }: Body): WayOut | null {
  const { conditions } = ctx.config.rules;
  const fixed = CHOICES[choice];
  if (fixed) return { ...fixed, reasons: fixed.reasons.filter((id) => conditions.some((known) => known.id === id)) };
  const vehicles = VEHICLES.find((one) => one === fact) ?? "two";
  if (vehicles === "two" && !conditions.some(({ id }) => id === fact)) return null;
  const answer: EligibilityAnswer = { vehicles, conditions: vehicles === "two" ? [fact!] : [] };
  const code = endOf(answer, conditions);
  return code && { code, reasons: reasonsOf(answer) };
}

/** The question "are you sure" of an end: what it is and what follows. */
function confirmation(request: PageRequest, { choice, fact }: Body, { code, reasons }: WayOut): object {
  const { t } = request;
  const text = factsOf(request).find(({ id }) => id === fact)?.text;
  return {
    choice,
    fact: fact ?? null,
    said: text ?? t.find(`h5.wayout.${choice}`),
    resumable: isResumable(code),
    follows: t.find(`h5.wayout.confirm.${choice === "unfit" ? code : choice}`),
    calls: callsOf(t, callsOfEnd(code, reasons)),
  };
}

const asked = { choice: null, fact: null, said: null, follows: null, resumable: false, facts: null };

/** What depends on the choice: all choices, the facts behind one of them, or "are you sure". */
function shown(request: PageRequest): object {
  const { ctx, koa, t } = request;
  const choice = CHOICE_NAMES.find((one) => one === koa.query["choice"]);
  const { fact } = koa.query;
  const said = choice && (typeof fact === "string" ? { choice, fact } : { choice });
  const wayOut = said && wayOutOf(ctx, said);
  if (wayOut) return confirmation(request, said, wayOut);
  const calls = callsOf(t, choice === "unfit" ? ["122", "110", "120"] : ["110", "122", "120"]);
  return { ...asked, calls, facts: choice === "unfit" ? factsOf(request) : null };
}

/**
 * Ends the case at a driver's word, after one more question: somebody is hurt, the other left, what rules out
 * settling turned out late, no agreement, withdrawn.
 */
export const wayOutPage: PartyPage<Body> = {
  path: "way-out",
  template: "h5/way-out.njk",
  isForNewcomers: true,
  body: Joi.object<Body>({
    choice: Joi.valid(...CHOICE_NAMES)
      .required()
      .messages({ "*": "h5.wayout.error.choice" satisfies WordKey }),
    fact: Joi.string()
      .pattern(/^[\w-]{1,40}$/)
      .messages({ "*": "h5.wayout.error.choice" satisfies WordKey }),
  }),
  show: (request) => ({
    ...asked,
    over: !request.view.isRunning,
    settled: request.view.isSettled,
    choices: CHOICE_NAMES,
    mayRemove: request.view.mayRemoveOther,
    ...shown(request),
  }),
  async submit({ ctx, party, body }) {
    const wayOut = wayOutOf(ctx, body);
    if (!wayOut) throw new Invalid("h5.wayout.error.choice" satisfies WordKey, { field: "choice" });
    const after = await endAccident(ctx, { ...party, ...wayOut });
    // who only left the case has no page of it any more
    return after.ended ? pageUrl(party.accidentId, "ended") : `/h5/ends/${wayOut.code}`;
  },
};

/** Takes out whoever joined by mistake, after a question that names them. */
export const removeOtherPage: PartyPage = {
  path: "remove-other",
  template: "h5/remove-other.njk",
  show: ({ ctx, view, person }) => ({
    joined: view.other.joinedAt && timeText(view.other.joinedAt, ctx.clock.now(), person.language),
  }),
  async submit({ ctx, party }) {
    await removeParty(ctx, party);
    return pageUrl(party.accidentId, "invite");
  },
};

/** A new code when the old one has run out. */
export const invitationPage: PartyPage = {
  path: "invitation",
  submit: ({ ctx, party }) => makeInvitation(ctx, party),
};
