import { createHash } from "node:crypto";
import Joi from "joi";
import { signAgreement } from "../actions/sign-agreement.ts";
import { LETTERS, type Letter } from "../domain/accident.ts";
import type { AgreementContent } from "../domain/agreement.ts";
import { NOTICE_VERSION } from "../domain/consent.ts";
import { clearedText } from "../domain/eligibility.ts";
import type { View } from "../domain/view.ts";
import { Conflict, Invalid } from "../errors.ts";
import type { WordKey } from "../render.ts";
import { agreementRows, type Reading } from "./agreement-rows.ts";
import { changedFields, markChanged } from "./correction.ts";
import type { PageRequest, StepPage } from "./page.ts";
import { positionTexts } from "./positions.ts";
import { recipientsOf } from "./recipients.ts";
import { refusing } from "./refusals.ts";
import { seenEvidence } from "./seen-photos.ts";
import { MAX_SIGNATURE_BYTES, SIGNATURE_WORDS, signatureField } from "./signature-field.ts";

interface Body {
  contentDigest: string;
  signature: string;
  electronic: "yes";
  forwarding?: "yes";
}

const body = Joi.object<Body>({
  contentDigest: Joi.string()
    .pattern(/^[\w-]{16,128}$/)
    .required()
    .messages({ "*": "h5.sign.error.changed" satisfies WordKey }),
  signature: signatureField,
  electronic: Joi.valid("yes")
    .required()
    .messages({ "*": "h5.sign.error.electronic" satisfies WordKey }),
  forwarding: Joi.valid("yes").messages({ "*": "h5.sign.error.forwarding" satisfies WordKey }),
});

/** The whole agreement for reading, what was declared before it, and the photographs. */
function shown(request: PageRequest, content: AgreementContent): object {
  const { ctx, view, person, t } = request;
  const { config } = ctx;
  const { language } = person;
  return {
    rows: rowsOf(view, content, { config, t, language }),
    heads: LETTERS.map((letter) => ({ letter, isMine: letter === view.letter })),
    positions: positionTexts(request),
    shown: seenEvidence(view),
    cleared: clearedText(config.rules.conditions, language),
    mine: content.parties[view.letter],
    consentTo: consentTo(content),
    insurers: recipientsOf({ config, t, language }, content),
    operatorPhone: config.operatorPhone,
  };
}

function rowsOf({ voided }: View, content: AgreementContent, reading: Reading): ReturnType<typeof agreementRows> {
  const rows = agreementRows(content, reading);
  return voided?.content ? markChanged(rows, changedFields(voided.content, content, reading)) : rows;
}

/**
 * The tick of a signature that ceased to count stays where the consent would say the same: the same insurers,
 * for the same liability. Else it is asked for afresh (PIPL art. 14, 23).
 */
function kept({ koa, view: { voided } }: PageRequest, content: AgreementContent): object {
  const isSame = voided?.forwarding && voided.content && LETTERS.every(sameForInsurers(voided.content, content));
  return koa.method === "GET" && isSame ? { values: { forwarding: "yes" } } : {};
}

const FOR_INSURERS = ["insurerCode", "insurerName", "degree"] as const;

const sameForInsurers = (signed: AgreementContent, now: AgreementContent) => (letter: Letter) =>
  FOR_INSURERS.every((field) => signed.parties[letter][field] === now.parties[letter][field]);

/** Names what the ticks of this page consent to: a tick that a phone has kept counts for the same alone. */
function consentTo({ parties }: AgreementContent): string {
  const said = LETTERS.map((letter) => FOR_INSURERS.map((field) => parties[letter][field]));
  return createHash("sha256").update(JSON.stringify(said)).digest("base64url").slice(0, 12);
}

/**
 * Page 7: the two sentences, the whole, the consents to signing electronically (E-signature Law art. 3, 13)
 * and to forwarding (PIPL art. 23), the signature by hand.
 */
export const signPage: StepPage<Body> = {
  template: "h5/sign.njk",
  maxBytes: MAX_SIGNATURE_BYTES,
  body,
  show: (request) => {
    const content = request.view.agreement;
    return content ? { ...shown(request, content), digest: request.agreementDigest(), ...kept(request, content) } : {};
  },
  submit: async ({ ctx, view, person, party, t, body: { forwarding, electronic: _, ...signed } }) => {
    const naming = { config: ctx.config, t, language: person.language };
    const mayGo = view.agreement !== null && recipientsOf(naming, view.agreement) !== "";
    const consents = { electronic: NOTICE_VERSION, forwarding: forwarding === "yes" && mayGo };
    const input = { ...party, ...signed, ...consents };
    try {
      await refusing(SIGNATURE_WORDS, () => signAgreement(ctx, input));
    } catch (error) {
      // the new text must be seen before it is signed: the page again with a remark, no redirect
      if (!(error instanceof Conflict) || error.code !== "text-changed") throw error;
      throw new Invalid("h5.sign.error.changed" satisfies WordKey, { field: "contentDigest" });
    }
  },
};
