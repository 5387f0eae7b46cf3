import Joi from "joi";
import { recordFinding } from "../actions/record-finding.ts";
import {
  AUDIT_FINDINGS,
  type AuditFinding,
  type DrawnCase,
  FOLLOW_UP_STATES,
  type FollowUpState,
  mayJudge,
} from "../domain/audit.ts";
import { facetsOf } from "../domain/case-facets.ts";
import { caseFileOf } from "../domain/case-file.ts";
import { mayHandle } from "../domain/queue.ts";
import { Invalid, NotFound } from "../errors.ts";
import { text } from "../http/fields.ts";
import { openDraw } from "./audit.ts";
import { openCase } from "./case-page.ts";
import { dayField } from "./days.ts";
import { stampTime } from "./desk-times.ts";
import type { DeskPage, DeskRequest } from "./page.ts";

interface Body {
  finding: AuditFinding;
  note: string;
  followUp: FollowUpState | "";
  due: string;
  revision: number;
}

const LONGEST_NOTE = 2_000;

const body = Joi.object<Body>({
  finding: Joi.valid(...AUDIT_FINDINGS).required(),
  note: text(LONGEST_NOTE),
  followUp: Joi.valid(...FOLLOW_UP_STATES, "").default(""),
  due: dayField.allow("").default(""),
  revision: Joi.number().integer().min(0).max(1_000_000).required(),
});

/** The drawn case of the path, and the draw that it stands in. */
async function openDrawn(request: DeskRequest) {
  const draw = await openDraw(request);
  const drawn = draw.cases.find(({ accidentId }) => accidentId === request.params["id"]);
  if (!drawn) throw new NotFound();
  return { draw, drawn, accident: await openCase(request) };
}

/** What an auditor found of one drawn case: finding, note, follow-up. */
export const findingPage: DeskPage<Body> = {
  path: "audit/:draw/cases/:id",
  right: "write-findings",
  template: "police/audit-finding.njk",
  body,
  async show(request) {
    const { ctx } = request;
    const { draw, drawn, accident } = await openDrawn(request);
    await request.log({ act: "read-audit", accidentId: accident.id });
    const { catalogue } = ctx.config.rules;
    const current = await ctx.audits.findFinding(draw.id, accident.id);
    const author = current && (await ctx.officers.find(current.officerId));
    return {
      ...{ draw, drawn, current, author: author?.name ?? "", time: stampTime },
      ...{ findings: AUDIT_FINDINGS, followUps: FOLLOW_UP_STATES, longest: LONGEST_NOTE },
      file: caseFileOf(accident, catalogue, false),
      facets: facetsOf(accident, catalogue),
      next: await nextOf(request, draw.cases),
      isOwn: !mayJudge(accident, request.officer.id),
    };
  },
  async submit(request) {
    const { ctx, officer, koa, body: given } = request;
    const { finding, note, followUp, due, revision } = given;
    if (followUp !== "" && due === "") throw new Invalid("h5.errors.missing", { field: "due" });
    const { draw, accident } = await openDrawn(request);
    const wanted = followUp === "" ? null : { due, state: followUp };
    const who = { officer, address: koa.ip, draw, accidentId: accident.id, revision };
    await recordFinding(ctx, { ...who, finding, note, followUp: wanted });
    return `/police/audit/${draw.id}#case-${accident.id}`;
  },
};

/** The case that follows in the draw and that this account may read. */
async function nextOf({ ctx, officer, params }: DeskRequest, cases: readonly DrawnCase[]): Promise<string | null> {
  const at = cases.findIndex(({ accidentId }) => accidentId === params["id"]);
  for (const { accidentId } of cases.slice(at + 1)) {
    const next = await ctx.accidents.find(accidentId);
    if (next && mayHandle(next, officer)) return accidentId;
  }
  return null;
}
