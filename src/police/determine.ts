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
  fingerprint,
  LETTER_BYTES,
  type LetterBody,
  type LetterFaults,
  letterBody,
  type TypedLetter,
  typedAgain,
  typedFrom,
} from "./letter-form.ts";
import { letterShown } from "./letter-shown.ts";
import { type DeskPage, type DeskRequest, faultOf, type Shown } from "./page.ts";

type Mode = "determine" | "replace";
type Posted = DeskRequest & { body: LetterBody };

/**
 * The letter's form beside the letter as it will be printed. Nothing is issued but what the officer has seen:
 * the second press names the preview, and after any change of the form there is another one first.
 */
const letterPage = (mode: Mode): DeskPage<LetterBody> => ({
  path: `cases/:id/${mode}`,
  right: mode === "determine" ? "determine" : "replace-letter",
  template: "police/determine.njk",
  body: letterBody,
  maxBytes: LETTER_BYTES,
  show: async (request, posted) => {
    const accident = await opened(request);
    if (posted) return pageShown(request, accident, { mode, typed: typedAgain(posted) });
    const before = mode === "replace" ? letterOf(accident) : null;
    return pageShown(request, accident, { mode, typed: before ? typedFrom(before) : EMPTY_LETTER });
  },
  submit: (request) => submitted(request, mode),
});

export const determinePage = letterPage("determine");
export const replacePage = letterPage("replace");

/** The letter names both drivers in full: it is shown to decide, and that is written down. */
async function opened(request: DeskRequest): Promise<Accident> {
  const accident = await openCase(request);
  await request.log({ act: "showed-data", accidentId: accident.id, reason: "decide" });
  return accident;
}

async function submitted(request: Posted, mode: Mode): Promise<string | Shown> {
  const { ctx, koa, body: typed, t } = request;
  const accident = await opened(request);
  const faults = await allFaults(request, accident, mode);
  const again = (status: number, more: Partial<PageState> = {}) => {
    koa.status = status;
    return pageShown(request, accident, { mode, typed, faults, ...more });
  };
  if (Object.keys(faults).length > 0) return again(422);
  if (typed.step === "preview") return again(200, { seen: fingerprint(typed) });
  if (typed.seen !== fingerprint(typed))
    return again(409, { seen: fingerprint(typed), alert: t("police.determine.lookAgain") });
  await request.log({ act: mode === "determine" ? "issued-letter" : "replaced-letter", accidentId: accident.id });
  try {
    const { officer } = request;
    const replacing = mode === "replace" ? { replaceReason: typed.reason.trim() } : {};
    const issued = { accidentId: accident.id, officer, draft: draftOf(typed), ...replacing };
    await namingHandler(request, () => issueDetermination(ctx, issued));
    return `/police/cases/${accident.id}`;
  } catch (error) {
    const known = error instanceof AppError ? error : notStored(request, error);
    koa.status = known.status;
    // a database that is away must not take the text with it
    const now = await openCase(request).catch((fault) => (fault instanceof Busy ? accident : Promise.reject(fault)));
    return pageShown(request, now, { mode, typed, seen: fingerprint(typed), ...faultOf(known, t) });
  }
}

/** Whatever went wrong, the officer is told that nothing was issued, above all that was typed. */
function notStored({ ctx }: DeskRequest, error: unknown): AppError {
  ctx.log.error({ code: codeOf(error) }, "police.letter-not-issued");
  return new Upstream("not-stored");
}

async function allFaults({ ctx, body }: Posted, accident: Accident, mode: Mode): Promise<LetterFaults> {
  const faults = faultsOf(body, picturesOf(accident), mode === "replace");
  for (const field of ["facts", "causes"] as const)
    if (!faults[field] && (await ctx.documents.unprintable(body[field])) !== null) faults[field] = "unprintable";
  return faults;
}

interface PageState {
  mode: Mode;
  typed: TypedLetter;
  faults: LetterFaults;
  /** fingerprint of what is shown: it may be issued */
  seen: string;
  alert: string;
  /** of a refused issue */
  errors: Record<string, string>;
  formError: string;
}

async function pageShown(
  request: DeskRequest,
  accident: Accident,
  state: Pick<PageState, "mode" | "typed"> & Partial<PageState>,
): Promise<Shown> {
  const { mode, typed, faults = {}, seen = "", alert = "", errors = {}, formError = alert } = state;
  const { t, officer } = request;
  const sentences = Object.entries(faults).map(([field, code]) => [field, t.find(`police.errors.${code}`) ?? code]);
  return {
    ...(await letterShown(request, accident, typed)),
    mode,
    typed,
    seen,
    formError,
    errors: { ...Object.fromEntries(sentences), ...errors },
    isPossible: possibleActs(accident, officer).includes(mode),
  };
}
