import Joi from "joi";
import { renewConsent } from "../actions/renew-consent.ts";
import { NOTICE_VERSION } from "../domain/consent.ts";
import { requireTicks, type Ticks, ticks } from "./consents.ts";
import type { PartyPage } from "./page.ts";

/** Asks a driver of a running case again when the privacy notice has changed since. */
export const consentPage: PartyPage<Ticks> = {
  path: "consent",
  template: "h5/consent.njk",
  body: Joi.object<Ticks>(ticks),
  show: ({ ctx }) => ({ operator: ctx.config.operator, operatorPhone: ctx.config.operatorPhone }),
  async submit({ ctx, party, body }) {
    requireTicks(body);
    await renewConsent(ctx, { ...party, textVersion: NOTICE_VERSION });
  },
};
