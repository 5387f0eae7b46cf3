import type Joi from "joi";
import type Koa from "koa";
import type { Context } from "../context.ts";
import type { Accident, Letter } from "../domain/accident.ts";
import type { Step } from "../domain/journey.ts";
import type { PlateSuggestion } from "../domain/photo-plates.ts";
import type { View } from "../domain/view.ts";
import type { Person } from "../http/session.ts";
import type { UploadedFile } from "../http/upload.ts";
import type { Translate } from "../render.ts";
import type { PageData } from "./render.ts";

/** A driver of this accident asks for a page: everything that a page may need, already checked. */
export interface PageRequest {
  ctx: Context;
  koa: Koa.Context;
  /** what this driver may see of the case */
  view: View;
  /** the acting driver, as actions take it */
  party: { accidentId: string; letter: Letter };
  person: Person;
  t: Translate;
  /** the driver agreed to an older privacy notice: asked again before anything else */
  consentIsOld: boolean;
  /** keyed digest of the agreement as it stands */
  agreementDigest(): string;
  /** the plate of this driver's car by its photograph and by the plate that was given last time */
  suggestPlate(lastPlate: string | null): PlateSuggestion | null;
}

/** For what is no page: a file's bytes, a picture that is sent, need the case itself. */
export interface CaseRequest extends PageRequest {
  accident: Accident;
}

export interface StepRequest<Body> extends PageRequest {
  body: Body;
  files: UploadedFile[];
}

/**
 * A page of one party of one accident at /h5/accidents/:id/PATH, open at any step. The template gets `{ t,
 * lang, csrf, self, view, values, errors: { field: sentence }, formError, photoUrl(photoId, size), ...show()
 * }`.
 */
export interface PartyPage<Body = Record<string, string>> {
  /** under /h5/accidents/:id/; "" is the case page itself */
  path: string;
  /** "h5/way-out.njk"; a page without one only takes posts, a GET leads to the step's page */
  template?: string;
  /** it is open while the page of one of these steps is; left out: always */
  openWith?: readonly Step[];
  /** a further condition; left out: none */
  isOpen?(request: PageRequest): boolean;
  /** open, too, to who waits for driver A's yes and sees nothing of the case */
  isForNewcomers?: true;
  /**
   * Schema of the posted fields (strings); unknown fields are refused. Its messages are keys of the words.
   */
  body?: Joi.ObjectSchema<Body>;
  multipart?: boolean;
  /** Asked before the body is read; throws Invalid "too-many-requests" (429). */
  brake?(request: PageRequest): Promise<void>;
  /** longest body of a form without files, 64 KB unless told */
  maxBytes?: number;
  /**
   * Records that the page is shown to its driver, also after a mistake in its form; true: that changed the
   * case, which is read again.
   */
  arrive?(request: PageRequest): Promise<boolean>;
  show?(request: PageRequest): Promise<object> | object;
  /**
   * Calls ONE action. Answers 303 to the returned address, else to the driver's step; `ShownAgain`: the page.
   */
  submit?(request: StepRequest<Body>): Promise<unknown>;
}

/**
 * The answer of a submit that has changed nothing: the page once more with this in it; a script gets `json`.
 */
export class ShownAgain {
  readonly page: PageData & Record<string, unknown>;
  readonly json: object;
  constructor(page: ShownAgain["page"], json: object) {
    this.page = page;
    this.json = json;
  }
}

/**
 * The page of a step (step-pages.ts). The journey says when it is open; else a GET leads to the driver's
 * step.
 */
export interface StepPage<Body = Record<string, string>>
  extends Omit<PartyPage<Body>, "path" | "template" | "openWith"> {
  template: string;
}

/** Pages whatever their body: the controller hands each the body that its own schema has let through. */
export type AnyPartyPage = Omit<PartyPage<never>, "body"> & { body?: Joi.ObjectSchema };
export type AnyStepPage = Omit<StepPage<never>, "body"> & { body?: Joi.ObjectSchema };

/**
 * A file for a party only: the agreement, a photograph. `path` may hold parameters (`agreement/:page.png`).
 */
export interface PartyFile {
  path: string;
  /** also for who waits for driver A's yes */
  isForNewcomers?: true;
  /** throws NotFound where there is none */
  send(
    request: CaseRequest,
    params: Record<string, string>,
  ): Promise<{ type: string; bytes: Buffer; filename?: string }>;
}

/** The address of a page of this accident. */
export const pageUrl = (accidentId: string, path = ""): string =>
  `/h5/accidents/${accidentId}${path === "" ? "" : `/${path}`}`;
