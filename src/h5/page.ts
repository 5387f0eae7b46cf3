import type Joi from "joi";
import type Koa from "koa";
import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import type { Step } from "../domain/journey.ts";
import type { View } from "../domain/view.ts";
import type { Person } from "../http/session.ts";
import type { UploadedFile } from "../http/upload.ts";
import type { Translate } from "../render.ts";
import type { PageData } from "./render.ts";

/** A driver of this accident asks for a page: everything that a page may need, already checked. */
export interface PageRequest {
  ctx: Context;
  koa: Koa.Context;
  accident: Accident;
  view: View;
  letter: Letter;
  person: Person;
  t: Translate;
}

export interface StepRequest<Body> extends PageRequest {
  body: Body;
  files: UploadedFile[];
}

/**
 * A page of one party of one accident at /h5/accidents/:id/PATH, open at any step. The template gets
 * `{ t, lang, csrf, self, view, values, errors: { field: sentence }, formError, photoUrl(photoId, size), ...show() }`.
 */
export interface PartyPage<Body = Record<string, string>> {
  /** under /h5/accidents/:id/; "" is the case page itself */
  path: string;
  /** "h5/way-out.njk"; a page without one only takes posts, a GET leads to the step's page */
  template?: string;
  /** steps at which it is open, where not at all of them */
  openAt?: readonly Step[];
  /** What is posted: strings only reach it, unknown fields are refused by name. A message of the schema is a key of the words ("settle.errors.act"). */
  body?: Joi.ObjectSchema<Body>;
  multipart?: boolean;
  /** longest body of a form without files, 64 KB unless told */
  maxBytes?: number;
  show?(request: PageRequest): Promise<object> | object;
  /** Calls ONE action; then 303 to the address that is returned, if one is, else to the step that the journey says is next. `ShownAgain`: the page itself. */
  submit?(request: StepRequest<Body>): Promise<unknown>;
}

/** The answer of a submit that has changed nothing: the page once more with this in it; a script gets `json`. */
export class ShownAgain {
  readonly page: PageData & Record<string, unknown>;
  readonly json: object;
  constructor(page: ShownAgain["page"], json: object) {
    this.page = page;
    this.json = json;
  }
}

/** A page that belongs to a step of the journey, at /h5/accidents/:id/STEP: whoever stands elsewhere is led to his own page. */
export interface StepPage<Body = Record<string, string>> extends Omit<PartyPage<Body>, "path" | "template"> {
  step: Step;
  template: string;
  /** steps from which this page may be opened too, e.g. to change a statement */
  alsoAt?: readonly Step[];
}

/** A file for a party only: the agreement, a photograph. `path` may hold parameters (`agreement/:page.png`). */
export interface PartyFile {
  path: string;
  /** throws NotFound where there is none */
  send(
    request: PageRequest,
    params: Record<string, string>,
  ): Promise<{ type: string; bytes: Buffer; filename?: string }>;
}

/** The address of a page of this accident. */
export const pageUrl = (accidentId: string, path = ""): string =>
  `/h5/accidents/${accidentId}${path === "" ? "" : `/${path}`}`;
