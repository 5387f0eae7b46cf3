import Joi from "joi";
import { signAgreement } from "../actions/sign-agreement.ts";
import { LETTERS, type Letter, otherOf } from "../domain/accident.ts";
import type { AgreementContent } from "../domain/agreement.ts";
import { clearedText } from "../domain/eligibility.ts";
import type { View } from "../domain/view.ts";
import { Conflict, Invalid } from "../errors.ts";
import type { WordKey } from "../render.ts";
import { agreementRows, type Reading } from "./agreement-rows.ts";
import { changedFields, markChanged } from "./correction.ts";
import { insurerName } from "./insurer-name.ts";
import type { PageRequest, StepPage } from "./page.ts";
import { positionTexts } from "./positions.ts";
import { refusing } from "./refusals.ts";
import { seenEvidence } from "./seen-photos.ts";

interface Body {
  contentDigest: string;
  signature: string;
  forwarding?: "yes";
}

/** Longest body: a drawn name as PNG, base64 and percent-encoded. */
const MAX_SIGNATURE_CHARACTERS = 400_000;
const MAX_FORM_BYTES = 600_000;

const SIGNATURE_WORDS = {
  "signature-empty": "h5.sign.error.signature" satisfies WordKey,
  "signature-not-a-png": "h5.sign.error.signature" satisfies WordKey,
  "signature-too-large": "h5.sign.error.signatureLarge" satisfies WordKey,
};

const body = Joi.object<Body>({
  contentDigest: Joi.string()
    .pattern(/^[\w-]{16,128}$/)
    .required()
    .messages({ "*": "h5.sign.error.changed" satisfies WordKey }),
  signature: Joi.string()
    .pattern(/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/)
    .max(MAX_SIGNATURE_CHARACTERS)
    .required()
    .messages({
      "*": "h5.sign.error.signature" satisfies WordKey,
      "string.max": "h5.sign.error.signatureLarge" satisfies WordKey,
    }),
  forwarding: Joi.valid("yes").messages({ "*": "h5.sign.error.forwarding" satisfies WordKey }),
});

/** The whole agreement for reading, what was declared before it, and the photographs. */
function shown(request: PageRequest, content: AgreementContent): object {
  const { ctx, view, person, t } = request;
  const { config } = ctx;
  const { language } = person;
  const parties = LETTERS.map((letter) => ({ letter, ...content.parties[letter] }));
  return {
    rows: rowsOf(view, content, { config, t, language }),
    heads: LETTERS.map((letter) => ({ letter, isMine: letter === view.letter })),
    positions: positionTexts(request),
    shown: seenEvidence(view),
    cleared: clearedText(config.rules.conditions, language),
    mine: content.parties[view.letter],
    insurers: insurersOf(
      parties.map((party) => ({ ...party, insurer: insurerName(config, party) })),
      view.letter,
    ),
    operatorPhone: config.operatorPhone,
  };
}

function rowsOf({ voided }: View, content: AgreementContent, reading: Reading): ReturnType<typeof agreementRows> {
  const rows = agreementRows(content, reading);
  return voided?.content ? markChanged(rows, changedFields(voided.content, content, reading)) : rows;
}

/** The tick of a signature that ceased to count stays until the driver changes it. */
const kept = ({ koa, view }: PageRequest): object =>
  koa.method === "GET" && view.voided?.forwarding ? { values: { forwarding: "yes" } } : {};

type Known = { letter: Letter; insurerCode: string; insurer: ReturnType<typeof insurerName> };

/** The insurers that the tick names: this driver's first; one name when both have the same. */
function insurersOf(parties: Known[], letter: Letter): object {
  const [mine, theirs] = [letter, otherOf(letter)].map((l) => parties.find((party) => party.letter === l));
  const same = mine?.insurer && mine.insurerCode === theirs?.insurerCode && mine.insurer.zh === theirs.insurer?.zh;
  return { mine: mine?.insurer, theirs: theirs?.insurer, same };
}

/**
 * Page 7: the two sentences, the whole, the separate consent to forwarding (PIPL art. 23), the signature by
 * hand.
 */
export const signPage: StepPage<Body> = {
  template: "h5/sign.njk",
  maxBytes: MAX_FORM_BYTES,
  body,
  show: (request) => {
    const content = request.view.agreement;
    return content ? { ...shown(request, content), digest: request.agreementDigest(), ...kept(request) } : {};
  },
  submit: async ({ ctx, party, body: { forwarding, ...signed } }) => {
    const input = { ...party, ...signed, forwarding: forwarding === "yes" };
    try {
      await refusing(SIGNATURE_WORDS, () => signAgreement(ctx, input));
    } catch (error) {
      // the new text must be seen before it is signed: the page again with a remark, no redirect
      if (!(error instanceof Conflict) || error.code !== "text-changed") throw error;
      throw new Invalid("h5.sign.error.changed" satisfies WordKey, { field: "contentDigest" });
    }
  },
};
