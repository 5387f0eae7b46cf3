import Joi from "joi";
import { actOnLetter } from "../actions/act-on-letter.ts";
import { receiveLetter } from "../actions/receive-letter.ts";
import { LETTERS } from "../domain/accident.ts";
import type { ViewedDispute } from "../domain/dispute-view.ts";
import { addWorkingDays, REVIEW_DAYS } from "../domain/working-days.ts";
import { NotFound } from "../errors.ts";
import type { WordKey } from "../render.ts";
import { claimLine } from "./claims.ts";
import type { PageRequest, PartyFile, PartyPage, StepPage } from "./page.ts";
import { recipientsOf } from "./recipients.ts";
import { refusing } from "./refusals.ts";
import { MAX_SIGNATURE_BYTES, SIGNATURE_WORDS, signatureField } from "./signature-field.ts";
import { timeText, wholeDayText, yearTimeText } from "./times.ts";

type Letter = NonNullable<ViewedDispute["letter"]>;

interface Body {
  act: "receive" | "refuse";
  /** number of the letter on the page */
  number: string;
  signature?: string;
  forwarding?: "yes";
}

const body = Joi.object<Body>({
  act: Joi.valid("receive", "refuse")
    .required()
    .messages({ "*": "h5.letter.error.act" satisfies WordKey }),
  number: Joi.string()
    .pattern(/^\w{1,40}$/)
    .required()
    .messages({ "*": "h5.letter.error.act" satisfies WordKey }),
  signature: Joi.when("act", {
    is: "refuse",
    // biome-ignore lint/suspicious/noThenProperty: the word of joi
    then: Joi.any().empty(Joi.any()),
    otherwise: signatureField,
  }),
  forwarding: Joi.valid("yes").messages({ "*": "h5.sign.error.forwarding" satisfies WordKey }),
});

/** The letter for reading, as it is printed. */
function contentOf({ ctx, view, person, t }: PageRequest, { content }: Letter): object {
  const { language } = person;
  return {
    authority: content.authority.name,
    occurredAt: yearTimeText(content.occurredAt, language),
    issuedAt: wholeDayText(content.issuedAt, language),
    content,
    sides: LETTERS.map((letter) => ({
      letter,
      isMine: letter === view.letter,
      party: content.parties[letter],
      degree: t(`h5.letter.degree.${content.parties[letter].degree}`),
    })),
    isAccidental: LETTERS.every((letter) => content.parties[letter].degree === "none"),
    insurers: recipientsOf({ config: ctx.config, t, language }, content),
    reviewer: ctx.config.police.authority.reviewer ?? t("determination.reviewer"),
  };
}

/** How it came to this driver, the last day of the review, and what this driver has said to it. */
function serviceOf({ ctx, person, t }: PageRequest, { mine }: Letter): object {
  const now = ctx.clock.now();
  const { language } = person;
  const { served, receipt } = mine;
  const review = served && addWorkingDays(served.at, REVIEW_DAYS, ctx.config.rules.calendar);
  return {
    served: served && t(`h5.letter.served.${served.how}`, { time: timeText(served.at, now, language) }),
    review: review && {
      day: wholeDayText(review.until, language),
      isSure: review.isSure,
      isOver: review.until < now,
    },
    receipt: receipt && {
      line: t(`h5.letter.receipt.${receipt.how}`, { time: timeText(receipt.at, now, language) }),
      forwarding: receipt.forwarding,
      withdrawn: receipt.forwardingWithdrawnAt ? timeText(receipt.forwardingWithdrawnAt, now, language) : null,
    },
  };
}

/** Earlier letters, each withdrawn by a supervisor with a reason. */
const withdrawnOf = ({ ctx, view, person }: PageRequest): object[] =>
  (view.dispute?.withdrawn ?? []).map(({ number, at, reason }) => ({
    ...{ number, reason },
    time: timeText(at, ctx.clock.now(), person.language),
  }));

/**
 * The determination letter. Showing it to its driver serves it (Order 146 art. 65); the driver signs for it
 * or refuses, which is noted (art. 24), and reads the last day of the review (art. 71).
 */
export const letterPage: StepPage<Body> = {
  template: "h5/letter.njk",
  maxBytes: MAX_SIGNATURE_BYTES,
  body,
  async arrive({ ctx, party, view }) {
    if (!view.dispute?.letter || view.dispute.letter.mine.served) return false;
    await actOnLetter(ctx, party.accidentId, { type: "open", by: party.letter });
    return true;
  },
  show: (request) => {
    const { ctx, view, person } = request;
    const letter = view.dispute?.letter;
    if (!letter) throw new NotFound();
    return {
      number: letter.number,
      pages: letter.pngSha256.length,
      ...contentOf(request, letter),
      ...serviceOf(request, letter),
      withdrawn: withdrawnOf(request),
      line: claimLine(view, { config: ctx.config, now: ctx.clock.now(), language: person.language }),
      operatorPhone: ctx.config.operatorPhone,
    };
  },
  async submit({ ctx, party, view, person, t, body: { act, number, signature = "", forwarding } }) {
    const content = view.dispute?.letter?.content;
    const naming = { config: ctx.config, t, language: person.language };
    const mayGo = content !== undefined && recipientsOf(naming, content) !== "";
    const input = { ...party, number, forwarding: forwarding === "yes" && mayGo };
    await refusing(SIGNATURE_WORDS, () =>
      receiveLetter(ctx, { ...input, signature: act === "receive" ? signature : null }),
    );
  },
};

/** The letter to look at: its pages, to enlarge, to keep and to pass on. */
export const letterPaperPage: PartyPage = {
  path: "letter-paper",
  template: "h5/letter-paper.njk",
  openWith: ["letter"],
  isOpen: ({ view }) => Boolean(view.dispute?.letter?.mine.served),
  show: ({ view }) => ({ number: view.dispute?.letter?.number, pages: view.dispute?.letter?.pngSha256.length ?? 0 }),
};

/** A party reads the files once the letter is served on it: its own page has been opened. */
function servedLetter({ view }: Pick<PageRequest, "view">): Letter {
  const letter = view.dispute?.letter;
  if (!letter?.mine.served) throw new NotFound();
  return letter;
}

const pdf: PartyFile = {
  path: "letter.pdf",
  async send(request) {
    const { number, pdfSha256 } = servedLetter(request);
    const bytes = await request.ctx.blobs.read(request.accident, pdfSha256);
    return { type: "application/pdf", bytes, filename: `${number}.pdf` };
  },
};

const page: PartyFile = {
  path: "letter/:page.png",
  async send(request, { page: number }) {
    const sha256 = /^[1-9]\d?$/.test(number ?? "") && servedLetter(request).pngSha256[Number(number) - 1];
    if (!sha256) throw new NotFound();
    return { type: "image/png", bytes: await request.ctx.blobs.read(request.accident, sha256) };
  },
};

export const letterFiles: PartyFile[] = [pdf, page];
