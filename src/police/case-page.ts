import Joi from "joi";
import { REASONS, type Reason } from "../domain/access.ts";
import type { Accident } from "../domain/accident.ts";
import { type CaseFile, caseFileOf } from "../domain/case-file.ts";
import { leads } from "../domain/officer.ts";
import { NotFound } from "../errors.ts";
import { stampTime } from "./desk-times.ts";
import { districtName } from "./districts.ts";
import type { DeskPage, DeskRequest, Shown } from "./page.ts";

/**
 * The case of the path. Throws NotFound where there is none, it was erased, or it is of a district that this
 * account does not reach, which is written down.
 */
export async function openCase({ ctx, params, officer, log }: DeskRequest): Promise<Accident> {
  const id = params["id"] ?? "";
  const accident = /^[\w-]{1,64}$/.test(id) ? await ctx.accidents.find(id) : null;
  if (!accident) throw new NotFound();
  if (!leads(officer, accident.district)) {
    await log({ act: "refused-case", accidentId: accident.id });
    throw new NotFound();
  }
  return accident;
}

const body = Joi.object<{ reason: Reason }>({ reason: Joi.valid(...REASONS).required() });

/**
 * A case's file: photographs with their findings, both statements, parties, history. Names and numbers are
 * masked until a reason is given; they are then shown in the answer to that one request.
 */
export const casePage: DeskPage<{ reason: Reason }> = {
  path: "cases/:id",
  right: "read-case",
  template: "police/case.njk",
  body,
  async show(request) {
    const accident = await openCase(request);
    await request.log({ act: "read-case", accidentId: accident.id });
    return fileShown(request, accident, false);
  },
  async submit(request) {
    const accident = await openCase(request);
    await request.log({ act: "showed-data", accidentId: accident.id, reason: request.body.reason });
    return fileShown(request, accident, true);
  },
};

function fileShown(request: DeskRequest, accident: Accident, isShown: boolean): Shown {
  const { ctx, t } = request;
  const file = caseFileOf(accident, ctx.config.rules.catalogue, isShown);
  return {
    file,
    isShown,
    reasons: REASONS,
    district: districtName(request, file.district),
    time: stampTime,
    label: (key: string, code: string) => t.find(`${key}.${code}`) ?? code,
    insurer: (code: string | null, typed: string | null) => insurerName(request, code) ?? typed ?? code ?? "",
    events: file.events.map((event) => eventLine(request, event)),
    photoUrl: (id: string, size: string) => `/police/cases/${file.id}/photos/${id}/${size}`,
  };
}

function insurerName({ ctx, language }: DeskRequest, code: string | null): string | null {
  return ctx.config.insurers.find((insurer) => insurer.code === code)?.[language] ?? null;
}

/** An event's words, who caused it, and its codes as they are recorded. */
function eventLine({ t }: DeskRequest, { seq, type, by, at, data }: CaseFile["events"][number]) {
  const codes = Object.entries(data).filter(([name]) => !/digest|sha256|Sha256/.test(name));
  return {
    seq,
    at,
    by,
    words: t(`police.event.${type}`),
    data: codes.map(([name, value]) => `${name} ${[value].flat().join(", ")}`).join(" · "),
  };
}
