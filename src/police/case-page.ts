import Joi from "joi";
import { REASONS, type Reason } from "../domain/access.ts";
import type { Accident } from "../domain/accident.ts";
import { mayHandle } from "../domain/queue.ts";
import { NotFound } from "../errors.ts";
import { fileShown } from "./case-file.ts";
import type { DeskPage, DeskRequest } from "./page.ts";

/**
 * The case of the path. Throws NotFound where there is none, it was erased, it is of a district that this
 * account does not reach, or its officer is recused; the last two are written down.
 */
export async function openCase({ ctx, params, officer, log }: DeskRequest): Promise<Accident> {
  const id = params["id"] ?? "";
  const accident = /^[\w-]{1,64}$/.test(id) ? await ctx.accidents.find(id) : null;
  if (!accident) throw new NotFound();
  if (!mayHandle(accident, officer)) {
    await log({ act: "refused-case", accidentId: accident.id });
    throw new NotFound();
  }
  return accident;
}

const body = Joi.object<{ reason: Reason }>({ reason: Joi.valid(...REASONS).required() });

/**
 * A case's file: photographs with their findings, both statements, parties, history, and the acts that are
 * possible now. Names and numbers are masked until a reason is given; they are then shown in the answer to
 * that one request.
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
