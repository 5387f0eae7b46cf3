import { issueDetermination } from "../actions/issue-determination.ts";
import type { Accident } from "../domain/accident.ts";
import { possibleActs } from "../domain/desk-acts.ts";
import { picturesOf } from "../domain/determination.ts";
import { letterOf } from "../domain/dispute.ts";
import { AppError, Busy, codeOf, Upstream } from "../errors.ts";
import { openCase } from "./case-page.ts";
import { namingHandler } from "./do-act.ts";
import {
  draftOf,
  EMPTY_LETTER,
  faultsOf,
  LETTER_BYTES,
  type LetterBody,
  type LetterFaults,
  letterBody,
  typedAgain,
  typedFrom,
} from "./letter-form.ts";
import { LETTER_RIGHTS, type LetterMode, letterShown, logLetter, seenOf, type WrittenLetter } from "./letter-shown.ts";
import { type DeskPage, type DeskRequest, faultOf, type Shown } from "./page.ts";

type Posted = DeskRequest & { body: LetterBody };

/**
 * The letter's form beside the letter as it will be printed. Nothing is issued but what the officer has seen:
 * the second press names the preview, and after any change of form or case there is another one first.
 */
const letterPage = (mode: LetterMode): DeskPage<LetterBody> => ({
  path: `cases/:id/${mode}`,
  right: LETTER_RIGHTS[mode],
  template: "police/determine.njk",
  body: letterBody,
  maxBytes: LETTER_BYTES,
  show: async (request, posted) => {
    const { accident, isOpen } = await opened(request, mode);
    if (posted) return pageShown(request, accident, { mode, isOpen, typed: typedAgain(posted) });
    const before = mode === "replace" && isOpen ? letterOf(accident) : null;
    return pageShown(request, accident, { mode, isOpen, typed: before ? typedFrom(before) : EMPTY_LETTER });
  },
  submit: (request) => submitted(request, mode),
});

export const determinePage = letterPage("determine");
export const replacePage = letterPage("replace");

/**
 * The letter names both drivers in full. It is open to who may issue it now, to decide, and that is written
 * down; to others of its right the page shows what the masked file does.
 */
async function opened(request: DeskRequest, mode: LetterMode): Promise<{ accident: Accident; isOpen: boolean }> {
  const accident = await openCase(request);
  const isOpen = possibleActs(accident, request.officer).includes(mode);
  await (isOpen ? logLetter(request, accident) : request.log({ act: "read-case", accidentId: accident.id }));
  return { accident, isOpen };
}

async function submitted(request: Posted, mode: LetterMode): Promise<string | Shown> {
  const { ctx, koa, body: typed, t } = request;
  const { accident, isOpen } = await opened(request, mode);
  const faults = await allFaults(request, accident, mode);
  const again = (status: number, more: Partial<PageState> = {}) => {
    koa.status = status;
    return pageShown(request, accident, { mode, isOpen, typed, faults, ...more });
  };
  if (Object.keys(faults).length > 0) return again(422);
  const seen = seenOf(request, accident, { mode, typed });
  if (typed.step === "preview") return again(isOpen ? 200 : 409, { seen });
  if (isOpen && typed.seen !== seen) return again(409, { seen, alert: t("police.determine.lookAgain") });
  await request.log({ act: mode === "determine" ? "issued-letter" : "replaced-letter", accidentId: accident.id });
  try {
    const { officer } = request;
    const replacing = mode === "replace" ? { replaceReason: typed.reason.trim() } : {};
    const issued = { accidentId: accident.id, officer, draft: draftOf(typed), seen: typed.seen, ...replacing };
    await namingHandler(request, () => issueDetermination(ctx, issued));
    return `/police/cases/${accident.id}`;
  } catch (error) {
    const known = error instanceof AppError ? error : notStored(request, error);
    koa.status = known.status;
    // a database that is away must not take the text with it
    const now = await openCase(request).catch((fault) => (fault instanceof Busy ? accident : Promise.reject(fault)));
    const state = { mode, isOpen: isOpen && possibleActs(now, request.officer).includes(mode), typed };
    return pageShown(request, now, { ...state, seen: seenOf(request, now, state), ...faultOf(known, t) });
  }
}

/** Whatever went wrong, the officer is told that nothing was issued, above all that was typed. */
function notStored({ ctx }: DeskRequest, error: unknown): AppError {
  ctx.log.error({ code: codeOf(error) }, "police.letter-not-issued");
  return new Upstream("not-stored");
}

async function allFaults({ ctx, body }: Posted, accident: Accident, mode: LetterMode): Promise<LetterFaults> {
  const faults = faultsOf(body, picturesOf(accident), mode === "replace");
  for (const field of ["facts", "causes"] as const)
    if (!faults[field] && (await ctx.documents.unprintable(body[field])) !== null) faults[field] = "unprintable";
  return faults;
}

interface PageState extends WrittenLetter {
  /** this officer may issue the letter now, which is therefore shown */
  isOpen: boolean;
  faults: LetterFaults;
  /** digest of the letter that is shown: it may be issued */
  seen: string;
  alert: string;
  /** of a refused issue */
  errors: Record<string, string>;
  formError: string;
}

async function pageShown(
  request: DeskRequest,
  accident: Accident,
  state: Pick<PageState, "mode" | "typed" | "isOpen"> & Partial<PageState>,
): Promise<Shown> {
  const { mode, typed, isOpen, faults = {}, seen = "", alert = "", errors = {}, formError = alert } = state;
  const { t } = request;
  const sentences = Object.entries(faults).map(([field, code]) => [field, t.find(`police.errors.${code}`) ?? code]);
  return {
    ...(await letterShown(request, accident, { mode, typed, isOpen })),
    ...{ mode, typed, formError },
    seen: isOpen ? seen : "",
    errors: { ...Object.fromEntries(sentences), ...errors },
    isPossible: isOpen,
  };
}
