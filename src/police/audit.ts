import Joi from "joi";
import { drawSample } from "../actions/draw-sample.ts";
import { LONGEST_PERIOD_DAYS, MOST_DRAWN, mayReadDraw } from "../domain/audit.ts";
import { NotFound } from "../errors.ts";
import { DAY_MS, dayField, dayStart } from "./days.ts";
import { dayOf, stampTime } from "./desk-times.ts";
import { districtField, districtName, placesOf } from "./districts.ts";
import type { DeskPage, DeskRequest } from "./page.ts";

interface Body {
  from: string;
  to: string;
  district: string;
  random: number;
  byRisk: number;
  seed: string;
}

const MOST_LISTED = 100;
const count = Joi.number()
  .integer()
  .min(0)
  .max(MOST_DRAWN)
  .empty("")
  .default(0)
  .messages({ "*": "police.audit.error.count" });

const body = Joi.object<Body>({
  from: dayField.required(),
  to: dayField.required(),
  district: districtField,
  random: count,
  byRisk: count,
  seed: Joi.string()
    .trim()
    .pattern(/^[\w-]{1,40}$/)
    .required()
    .messages({ "string.pattern.base": "police.audit.error.seed" }),
});

/** Spot audits: draws so far, and the form that draws cases of a period and district. */
export const auditPage: DeskPage<Body> = {
  path: "audit",
  right: "draw-sample",
  template: "police/audit.njk",
  body,
  async show(request) {
    const { ctx, officer } = request;
    await request.log({ act: "read-audit" });
    const draws = await ctx.audits.list(officer.district, MOST_LISTED);
    const officers = new Map((await ctx.officers.list()).map((one) => [one.id, one.name]));
    return {
      ...placesOf(request),
      draws: draws.map((draw) => ({
        ...draw,
        ...daysOf(draw),
        placeName: districtName(request, draw.district),
        drawnBy: officers.get(draw.officerId) ?? "",
      })),
      ...{ most: MOST_DRAWN, longest: LONGEST_PERIOD_DAYS, time: stampTime },
      proposed: proposal(request),
    };
  },
  async submit({ ctx, officer, koa, body: { from, to, district, random, byRisk, seed } }) {
    const period = { from: dayStart(from)!, to: new Date(dayStart(to)!.getTime() + DAY_MS) };
    const led = officer.district ?? (district || null);
    const draw = await drawSample(ctx, { officer, address: koa.ip, ...period, district: led, random, byRisk, seed });
    return `/police/audit/${draw.id}`;
  },
};

/** First and last day of a draw. */
export const daysOf = ({ from, to }: { from: Date; to: Date }) => ({
  first: dayOf(from),
  last: dayOf(new Date(to.getTime() - 1)),
});

/** The seven days before today, ten cases at random and five by risk, a fresh seed. */
function proposal({ ctx, officer }: DeskRequest): Record<keyof Body, string> {
  const today = dayStart(dayOf(ctx.clock.now()))!.getTime();
  const { first: from, last: to } = daysOf({ from: new Date(today - 7 * DAY_MS), to: new Date(today) });
  return { from, to, district: officer.district ?? "", random: "10", byRisk: "5", seed: ctx.randomId(6) };
}

/** The draw of the path. Throws NotFound for one of a district that the account does not reach. */
export async function openDraw({ ctx, officer, params }: DeskRequest) {
  const id = params["draw"] ?? "";
  const draw = /^[\w-]{1,40}$/.test(id) ? await ctx.audits.find(id) : null;
  if (!draw || !mayReadDraw(officer, draw)) throw new NotFound();
  return draw;
}
