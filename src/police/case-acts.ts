import Joi from "joi";
import { recuseOfficer } from "../actions/recuse-officer.ts";
import { recuseOther } from "../actions/recuse-other.ts";
import type { AccessAct } from "../domain/access.ts";
import { type EndCode, LETTERS, type Letter } from "../domain/accident.ts";
import { NOT_OURS } from "../domain/dispute.ts";
import type { Desk, DisputeAct } from "../domain/dispute-act.ts";
import type { Right } from "../domain/officer.ts";
import { RECUSAL_REASONS, type RecusalReason } from "../domain/recusal.ts";
import { Invalid } from "../errors.ts";
import { line, note } from "../http/fields.ts";
import { casePage, openCase } from "./case-page.ts";
import { timeOfForm } from "./desk-times.ts";
import { deskOf, doAct } from "./do-act.ts";
import type { AnyDeskPage, DeskPage } from "./page.ts";

interface CaseAct<Body> {
  path: string;
  right: Right;
  logged: AccessAct;
  body?: Joi.ObjectSchema<Body>;
  act(by: Desk, body: Body): DisputeAct;
}

/** One act of the bar below a case's file. After a mistake the file shows the state as it is now. */
function caseAct<Body = never>({ path, right, logged, body, act }: CaseAct<Body>): DeskPage<Body> {
  return {
    path: `cases/:id/${path}`,
    right,
    template: "police/case.njk",
    ...(body && { body }),
    show: (request) => casePage.show?.(request) ?? {},
    submit: (request) => doAct(request, logged, (by) => act(by, request.body)),
  };
}

const words = note.min(2).disallow("").required();

const evidenceBody = Joi.object<{ to: Letter; what: "picture" | "sentence"; text: string; until: Date }>({
  to: Joi.valid(...LETTERS).required(),
  what: Joi.valid("picture", "sentence").required(),
  text: words,
  until: Joi.string()
    .custom((text: string, helpers) => timeOfForm(text) ?? helpers.error("until.format"))
    .required()
    .messages({ "until.format": "police.errors.until-form" }),
});

const returnBody = Joi.object<{ reason: "agree-after-all" | "not-enough"; text: string }>({
  reason: Joi.valid("agree-after-all", "not-enough").required(),
  text: words,
});

const sendBody = Joi.object<{ controlRoomNumber: string }>({
  controlRoomNumber: Joi.string()
    .trim()
    .pattern(/^[A-Za-z0-9-]{4,30}$/)
    .required()
    .messages({ "string.pattern.base": "police.errors.control-number" }),
});

const refuseBody = Joi.object<{ code: EndCode }>({ code: Joi.valid(...NOT_OURS).required() });

/** Notes that this officer must not handle the case, which from then on is not there for that account. */
const recusePage: DeskPage = {
  path: "cases/:id/recuse",
  right: "read-case",
  template: "police/case.njk",
  show: (request) => casePage.show?.(request) ?? {},
  async submit(request) {
    const { id } = await openCase(request);
    await request.log({ act: "recused-self", accidentId: id });
    await recuseOfficer(request.ctx, id, request.officer);
    return "/police/queue";
  },
};

const recuseOtherBody = Joi.object<{ officer: string; recusal: RecusalReason }>({
  officer: line(20).required(),
  recusal: Joi.valid(...RECUSAL_REASONS).required(),
});

/** A supervisor's decision that another officer must not handle the case; named by the police number. */
const recuseOtherPage: DeskPage<{ officer: string; recusal: RecusalReason }> = {
  path: "cases/:id/recuse-officer",
  right: "reassign",
  template: "police/case.njk",
  body: recuseOtherBody,
  show: (request) => casePage.show?.(request) ?? {},
  async submit(request) {
    const { ctx, body } = request;
    const { id } = await openCase(request);
    const other = await ctx.officers.find(ctx.officers.idOf(body.officer));
    if (!other || other.id === request.officer.id) throw new Invalid("unknown-officer", { field: "officer" });
    await request.log({ act: "recused-officer", accidentId: id });
    await recuseOther(ctx, id, { officerId: other.id, by: deskOf(request), reason: body.recusal });
    return `/police/cases/${id}`;
  },
};

export const CASE_ACT_PAGES: readonly AnyDeskPage[] = [
  caseAct({
    path: "guidance/take",
    right: "guide",
    logged: "took-case",
    act: (by) => ({ type: "take-guidance", by }),
  }),
  caseAct({
    path: "guidance/release",
    right: "guide",
    logged: "released-case",
    act: (by) => ({ type: "release-guidance", by }),
  }),
  caseAct({
    path: "guidance/reassign",
    right: "reassign",
    logged: "released-case",
    act: (by) => ({ type: "reassign-guidance", by }),
  }),
  caseAct({
    path: "application/take",
    right: "determine",
    logged: "took-case",
    act: (by) => ({ type: "take-application", by }),
  }),
  caseAct({
    path: "application/release",
    right: "determine",
    logged: "released-case",
    act: (by) => ({ type: "release-application", by }),
  }),
  caseAct({
    path: "application/reassign",
    right: "reassign",
    logged: "released-case",
    act: (by) => ({ type: "reassign-application", by }),
  }),
  caseAct({
    path: "evidence",
    right: "determine",
    logged: "asked-evidence",
    body: evidenceBody,
    act: (by, body) => ({ type: "ask-evidence", by, ...body }),
  }),
  caseAct({
    path: "return",
    right: "determine",
    logged: "returned-case",
    body: returnBody,
    act: (by, body) => ({ type: "return", by, ...body }),
  }),
  caseAct({
    path: "send",
    right: "determine",
    logged: "sent-officer",
    body: sendBody,
    act: (by, body) => ({ type: "send-officer", by, ...body }),
  }),
  caseAct({
    path: "refuse",
    right: "determine",
    logged: "ended-case",
    body: refuseBody,
    act: (by, body) => ({ type: "not-ours", by, ...body }),
  }),
  recusePage,
  recuseOtherPage,
];
