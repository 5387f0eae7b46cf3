import Joi from "joi";
import { endAccident } from "../actions/end-accident.ts";
import { makeInvitation } from "../actions/make-invitation.ts";
import { removeParty } from "../actions/remove-party.ts";
import type { EndCode } from "../domain/accident.ts";
import type { WordKey } from "../render.ts";
import { callsOf, callsOfEnd } from "./ends.ts";
import { type PartyPage, pageUrl } from "./page.ts";

/** A driver's choices and the ends that follow; `reason` is an id of the conditions. */
const CHOICES: Record<string, { code: EndCode; reason?: string }> = {
  hurt: { code: "hold-scene", reason: "hurt" },
  left: { code: "other-left", reason: "somebody-left" },
  disagree: { code: "dispute" },
  withdraw: { code: "withdrawn" },
};

/** Ends the case: somebody is hurt, the other left, no agreement, withdrawn. Asks for confirmation first. */
export const wayOutPage: PartyPage<{ choice: string }> = {
  path: "way-out",
  template: "h5/way-out.njk",
  body: Joi.object<{ choice: string }>({
    choice: Joi.valid(...Object.keys(CHOICES))
      .required()
      .messages({ "*": "h5.wayout.error.choice" satisfies WordKey }),
  }),
  show({ koa, view, t }) {
    const choice = Object.keys(CHOICES).find((one) => one === koa.query["choice"]) ?? null;
    return {
      over: view.concludedAt !== null || view.ended !== null,
      choices: Object.keys(CHOICES),
      choice,
      calls: callsOf(t, choice ? callsOfEnd(CHOICES[choice]!.code) : ["110", "122", "120"]),
      mayRemove: view.mayRemoveOther,
    };
  },
  async submit({ ctx, party, body: { choice } }) {
    const { code, reason } = CHOICES[choice]!;
    const reasons = ctx.config.rules.conditions.filter(({ id }) => id === reason).map(({ id }) => id);
    await endAccident(ctx, { ...party, code, reasons });
    return pageUrl(party.accidentId, "ended");
  },
};

/** Takes out whoever joined by mistake. */
export const removeOtherPage: PartyPage = {
  path: "remove-other",
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
