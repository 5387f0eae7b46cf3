import { type CaseFinding, type Draw, sumUp } from "../domain/audit.ts";
import { facetsOf } from "../domain/case-facets.ts";
import { caseFileOf } from "../domain/case-file.ts";
import { mayHandle } from "../domain/queue.ts";
import { daysOf, openDraw } from "./audit.ts";
import { dayOf, stampTime } from "./desk-times.ts";
import { districtName } from "./districts.ts";
import type { DeskPage, DeskRequest, Shown } from "./page.ts";

/** A draw's cases, with what was found of each. */
export const drawPage: DeskPage = {
  path: "audit/:draw",
  right: "draw-sample",
  template: "police/audit-draw.njk",
  show: (request) => drawShown(request),
};

/** The draw in figures, for printing: counts by finding, what is still to be done. */
export const auditSheetPage: DeskPage = {
  path: "audit/:draw/sheet",
  right: "draw-sample",
  template: "police/audit-sheet.njk",
  show: (request) => drawShown(request),
};

async function drawShown(request: DeskRequest): Promise<Shown> {
  const { ctx } = request;
  const draw = await openDraw(request);
  await request.log({ act: "read-audit" });
  const findings = await ctx.audits.listFindings(draw.id);
  const rows = await rowsOf(request, draw, findings);
  const today = dayOf(ctx.clock.now());
  const officers = new Map((await ctx.officers.list()).map(({ id, name }) => [id, name]));
  return {
    draw: {
      ...draw,
      ...daysOf(draw),
      placeName: districtName(request, draw.district),
      drawnBy: officers.get(draw.officerId) ?? "",
    },
    rows,
    faults: rows.filter(({ finding }) => finding && (finding.finding !== "in-order" || finding.followUp)),
    sum: sumUp(draw, findings, today),
    ...{ today, time: stampTime, nameOf: (id: string) => officers.get(id) ?? "" },
  };
}

/**
 * The cases drawn, in order. Of one from which this account is recused, or that another district has by now,
 * it is said that it was drawn.
 */
async function rowsOf({ ctx, t, officer }: DeskRequest, { cases }: Draw, findings: readonly CaseFinding[]) {
  const { catalogue } = ctx.config.rules;
  const read = await ctx.accidents.findAll(cases.map(({ accidentId }) => accidentId));
  const accidents = new Map(read.map((accident) => [accident.id, accident]));
  const found = new Map(findings.map((finding) => [finding.accidentId, finding]));
  return cases.map(({ accidentId, by }) => {
    const accident = accidents.get(accidentId);
    if (accident && !mayHandle(accident, officer))
      return {
        ...{ accidentId, by, finding: null, file: null, facets: null },
        ...{ number: t("police.audit.withheld"), isWithheld: true },
      };
    return {
      ...{ accidentId, by, finding: found.get(accidentId) ?? null, isWithheld: false },
      file: accident ? caseFileOf(accident, catalogue, false) : null,
      number: accident?.number ?? t("police.audit.erased"),
      facets: accident ? facetsOf(accident, catalogue) : null,
    };
  });
}
