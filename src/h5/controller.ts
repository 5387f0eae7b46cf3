import Joi from "joi";
import type Koa from "koa";
import type { Context } from "../context.ts";
import { type Accident, LETTERS, type Letter, type Person } from "../domain/accident.ts";
import { contentDigest } from "../domain/agreement.ts";
import { mustConsentAgain } from "../domain/consent.ts";
import { suggestedPlate } from "../domain/photo-plates.ts";
import { type View, viewOf } from "../domain/view.ts";
import { AppError, Busy, Conflict, Invalid, NotAllowed, NotFound } from "../errors.ts";
import { absenceOf } from "../http/absence.ts";
import { asParty } from "../http/as-party.ts";
import { FORM_BYTES, type Posted, readPosted } from "../http/body.ts";
import { CSRF_FIELD, hasToken, requireOwnOrigin } from "../http/csrf.ts";
import { closeAfter, wantsJson } from "../http/errors.ts";
import { ofRequest } from "../http/of-request.ts";
import { seeOther, seeOtherUntaken } from "../http/see-other.ts";
import { findPerson, isIdle, personOf } from "../http/session.ts";
import { uploadShareOf } from "../http/upload-share.ts";
import { errorSentence, typed, validate } from "../http/validate.ts";
import { correctionOf } from "./correction.ts";
import { fileLinks, fileLinksOf } from "./file-links.ts";
import { prepareInvitation } from "./invitation-card.ts";
import { liveOf, pageOf } from "./live-state.ts";
import { type AnyPartyPage, type CaseRequest, type PageRequest, type PartyFile, pageUrl, ShownAgain } from "./page.ts";
import { letterOf, standsAt } from "./paths.ts";
import { linksOf } from "./photo-links.ts";
import { type PageData, renderPage } from "./render.ts";
import { mayAskPolice } from "./ways.ts";

type Page = Omit<AnyPartyPage, "path">;

const EMPTY = Joi.object<Record<string, string>>({});

/** Reads the case of the path with this driver's view of it; throws `absenceOf` for anybody else. */
export async function openParty(ctx: Context, koa: Koa.Context): Promise<CaseRequest> {
  const person = personOf(koa);
  const id = String(koa.params["id"]);
  const accident = /^[\w-]{1,64}$/.test(id) ? await ctx.accidents.find(id) : null;
  const letter = accident && letterOf(accident, person);
  if (!accident || !letter) throw absenceOf(ctx, accident, person);
  return partyRequest(ctx, koa, { accident, letter, person });
}

interface Opened {
  accident: Accident;
  letter: Letter;
  person: Person;
}

function partyRequest(ctx: Context, koa: Koa.Context, { accident, letter, person }: Opened): CaseRequest {
  return {
    ctx: asParty(ofRequest(ctx, koa), { accidentId: accident.id, letter, person }),
    koa,
    accident,
    view: viewOf(accident, letter, ctx.config.rules.catalogue),
    party: { accidentId: accident.id, letter },
    person,
    t: ctx.render.words(person.language),
    consentIsOld: mustConsentAgain(accident, accident.parties[letter]!),
    agreementDigest: () => contentDigest(ctx, accident),
    suggestPlate: (lastPlate) => suggestedPlate(accident, letter, lastPlate),
  };
}

/** A page gets the view, never the document. */
async function pageRequest(ctx: Context, koa: Koa.Context): Promise<PageRequest> {
  const { accident: _, ...request } = await openParty(ctx, koa);
  return request;
}

const isOpen = (page: Page, request: PageRequest): boolean =>
  !awaitsConsent(page, request) && isOpenAt(page, request.view) && page.isOpen?.(request) !== false;

function isOpenAt({ openWith, isForNewcomers }: Page, view: View): boolean {
  if (openWith) return openWith.some((step) => view.open.includes(step));
  return isForNewcomers === true || view.step !== "admission";
}

/** Open to a driver whose consent is to an older notice: agreeing again, and ending the case. */
const BEFORE_CONSENT = ["consent", "way-out"];

const awaitsConsent = ({ path = "" }: Partial<AnyPartyPage>, { consentIsOld }: PageRequest): boolean =>
  consentIsOld && !BEFORE_CONSENT.includes(path);

const leadOn = ({ koa, view, consentIsOld }: PageRequest): void =>
  seeOtherUntaken(koa, pageUrl(view.id, consentIsOld ? "consent" : view.step));

async function show(page: Page, request: PageRequest, data: PageData = {}): Promise<void> {
  const shown = (await page.show?.(request)) ?? {};
  const { url: photoUrl } = linksOf(request);
  const { url: fileUrl } = fileLinksOf(request);
  const correction = correctionOf(request);
  const name = pageOf(request);
  const live = { ...liveOf(request, name), url: pageUrl(request.view.id), page: name };
  const waysUrl = mayAskPolice(request) ? pageUrl(request.view.id, "ways") : null;
  const common = { view: request.view, live, photoUrl, fileUrl, correction, waysUrl };
  renderPage(request.ctx, request.koa, page.template!, { ...common, ...data, ...shown });
}

export function getPage(ctx: Context, page: Page): Koa.Middleware {
  return async (koa) => {
    const request = await pageRequest(ctx, koa);
    if (!isOpen(page, request) || !page.template) return leadOn(request);
    await show(page, koa.method === "GET" ? await arrived(page, request) : request);
  };
}

/** The case as it is once its driver has this page before them. */
const arrived = async (page: Page, request: PageRequest): Promise<PageRequest> =>
  (await page.arrive?.(request)) ? pageRequest(request.ctx, request.koa) : request;

/**
 * Handles a posted form: party → step → body → token → joi → one action → 303. A mistake in the form shows
 * the form again with everything that was typed.
 */
export function postPage(ctx: Context, page: Page): Koa.Middleware {
  return async (koa) => {
    requireOwnOrigin(ctx, koa);
    const request = await pageRequest(ctx, koa);
    if (!isOpen(page, request)) return outOfOrder(request);
    let posted: Posted = { fields: {}, files: [] };
    try {
      await page.brake?.(request);
      // a form with a drawing is held in memory as a picture is, however slowly it comes
      if (page.maxBytes) uploadShareOf(koa).add(Math.min(koa.request.length ?? page.maxBytes, page.maxBytes));
      posted = await readPosted(koa, { multipart: page.multipart ?? false, maxBytes: page.maxBytes ?? FORM_BYTES });
      await submit(page, request, posted);
    } catch (error) {
      if (error instanceof Conflict) return outOfOrder(await pageRequest(ctx, koa));
      await refuse(page, request, { error, posted });
    }
  };
}

async function submit(page: Page, request: PageRequest, { fields, files }: Posted): Promise<void> {
  const { ctx, koa, t } = request;
  const { [CSRF_FIELD]: token, ...rest } = fields;
  // Without a valid token nothing is done; the form comes back with a fresh one, so a second tap is all it
  // takes.
  if (!hasToken(ctx, koa, token)) throw new Stale();
  const checked = validate(page.body ?? EMPTY, rest, t);
  if ("errors" in checked) throw new Wrong(checked.errors);
  const next = await page.submit?.({ ...request, body: checked.body as never, files });
  if (next instanceof ShownAgain) return showAgain(page, request, next);
  await answer(request, typeof next === "string" ? next : null);
}

async function showAgain(page: Page, request: PageRequest, again: ShownAgain): Promise<void> {
  if (wantsJson(request.koa)) request.koa.body = again.json;
  else await show(page, request, again.page);
}

async function answer({ ctx, koa, person }: PageRequest, next: string | null): Promise<void> {
  const accident = await ctx.accidents.get(String(koa.params["id"]));
  const letter = letterOf(accident, person);
  await prepareInvitation(ctx, accident);
  const to = next ?? (letter ? standsAt(ctx, accident, letter) : "/h5");
  if (!wantsJson(koa)) return seeOther(koa, to);
  koa.body = { step: letter && viewOf(accident, letter, ctx.config.rules.catalogue).step };
}

/** The form's token belongs to another session or is missing. */
class Stale extends AppError {
  constructor() {
    super(403, "stale-form");
  }
}

class Wrong extends AppError {
  readonly errors: Record<string, string>;
  constructor(errors: Record<string, string>) {
    super(422, "wrong-fields", { field: Object.keys(errors)[0] });
    this.errors = errors;
  }
}

/** Leads a driver whose step is another one to that step's page; changes nothing. */
function outOfOrder(request: PageRequest): void {
  if (wantsJson(request.koa)) throw new Conflict("wrong-step");
  leadOn(request);
}

async function refuse(
  page: Page,
  request: PageRequest,
  { error, posted }: { error: unknown; posted: Posted },
): Promise<void> {
  const { ctx, koa, t } = request;
  if (error instanceof Busy) return showTyped(page, request, { error, posted });
  const known = error instanceof Invalid || error instanceof Stale || error instanceof Wrong;
  if (!known || !page.template || wantsJson(koa)) throw error;
  koa.status = error.status;
  closeAfter(koa, error.status);
  // A part of what was sent may have been taken: the page shows how things stand now.
  await show(page, await arrived(page, await pageRequest(ctx, koa)), {
    values: typed(posted.fields),
    ...wordsOf(error, t),
  });
}

/**
 * Shows the form as it was filled in, without asking the database again. Where even that fails, the error
 * page gives the fields back.
 */
async function showTyped(page: Page, request: PageRequest, { error, posted }: { error: Busy; posted: Posted }) {
  const { koa, t } = request;
  if (!page.template || wantsJson(koa)) throw error;
  try {
    await show(page, request, { values: typed(posted.fields), ...wordsOf(error, t) });
  } catch {
    throw error;
  }
  koa.status = error.status;
  koa.set("Retry-After", String(error.details["retryAfterS"]));
  request.ctx.log.warn({ code: error.code, method: koa.method, route: koa._matchedRoute }, "door.busy");
}

function wordsOf(error: Invalid | Stale | Wrong | Busy, t: PageRequest["t"]): PageData {
  if (error instanceof Wrong) return { errors: error.errors };
  const { field, codes, words } = error.details;
  const textOf = (code: string, name: string) => errorSentence(t, code, { ...(words as object), field: name });
  if (typeof field !== "string") return { formError: textOf(error.code, "") };
  const faults = Object.entries((codes as Record<string, string> | undefined) ?? { [field]: error.code });
  return { errors: Object.fromEntries(faults.map(([name, code]) => [name, textOf(code, name)])) };
}

export function getFile(ctx: Context, file: PartyFile): Koa.Middleware {
  return async (koa) => {
    const request = await openParty(ctx, koa);
    if (request.view.step === "admission" && !file.isForNewcomers) throw new NotFound();
    await sendFile(koa, file, request);
  };
}

/**
 * Sends a file without a session, by a signed link to it. A link that has run out on an open page of its
 * driver, who is signed in, leads to a new one.
 */
export function getSignedFile(ctx: Context, file: PartyFile): Koa.Middleware {
  return async (koa) => {
    const { id = "", letter: given = "" } = koa.params as Record<string, string>;
    const letter = LETTERS.find((one) => one === given);
    const accident = /^[\w-]{1,64}$/.test(id) ? await ctx.accidents.find(id) : null;
    const personId = letter && accident?.parties[letter]?.identity.personId;
    if (!letter || !accident || !personId) throw new NotAllowed("file-link");
    const links = fileLinks(ctx, { accidentId: id, letter, personId });
    if (!links.isGood(koa.path, koa.query)) {
      const isTheirs = findPerson(koa)?.id === personId && !isIdle(koa);
      if (!isTheirs || accident.parties[letter]?.newcomer) throw new NotAllowed("file-link");
      return seeOther(koa, links.renewed(koa.path));
    }
    const person = await ctx.people.find(personId);
    if (!person) throw new NotAllowed("file-link");
    await sendFile(koa, file, partyRequest(ctx, koa, { accident, letter, person }));
  };
}

async function sendFile(koa: Koa.Context, file: PartyFile, request: CaseRequest): Promise<void> {
  const { type, bytes, filename } = await file.send(request, koa.params as Record<string, string>);
  koa.type = type;
  // A picture runs nothing, whatever it is taken for; a sandbox would keep browsers from showing a PDF.
  const sandbox = type.startsWith("image/") ? "; sandbox" : "";
  koa.set("Content-Security-Policy", `default-src 'none'; frame-ancestors 'self'${sandbox}`);
  if (filename) koa.set("Content-Disposition", `inline; ${nameParameters(filename)}`);
  koa.body = bytes;
}

/** Writes a file name for Content-Disposition: in ASCII, and encoded as RFC 8187 has it (RFC 6266). */
function nameParameters(filename: string): string {
  const plain = filename.replaceAll(/[^\w.]+/g, "-").replaceAll("-.", ".");
  const encoded = encodeURIComponent(filename).replaceAll(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return `filename="${plain}"; filename*=UTF-8''${encoded}`;
}
