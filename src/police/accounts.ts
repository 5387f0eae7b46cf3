import Joi from "joi";
import { closeOfficer } from "../actions/close-officer.ts";
import { inviteOfficer } from "../actions/invite-officer.ts";
import { ROLES, type Role } from "../domain/officer.ts";
import { Invalid } from "../errors.ts";
import { line } from "../http/fields.ts";
import { stampTime } from "./desk-times.ts";
import { districtName } from "./districts.ts";
import type { DeskPage, DeskRequest } from "./page.ts";

interface Body {
  number: string;
  name: string;
  role: Role;
  district: string;
}

const body = Joi.object<Body>({
  number: Joi.string()
    .trim()
    .pattern(/^[A-Za-z0-9-]{4,20}$/)
    .required()
    .messages({ "string.pattern.base": "police.accounts.error.number" }),
  name: line(50).required(),
  role: Joi.valid(...ROLES).required(),
  district: Joi.string().trim().max(10).allow("").default(""),
});

const byNumber = (one: { number: string }, other: { number: string }) => (one.number < other.number ? -1 : 1);

/** Accounts: list, invite, close. An invitation's link is shown once, to whoever made it. */
export const accountsPage: DeskPage<Body> = {
  path: "accounts",
  right: "keep-accounts",
  template: "police/accounts.njk",
  body,
  show: (request) => shown(request, null),
  submit: async (request) => {
    const { ctx, officer, koa, body: given } = request;
    const invited = { ...given, district: given.district || null };
    return shown(request, await inviteOfficer(ctx, { ...invited, by: officer.id, address: koa.ip }));
  },
};

async function shown(request: DeskRequest, invitation: Awaited<ReturnType<typeof inviteOfficer>> | null) {
  const { ctx } = request;
  await request.log({ act: "read-accounts" });
  return {
    officers: (await ctx.officers.list()).sort(byNumber),
    roles: ROLES,
    districts: ctx.config.rules.districts,
    nameOf: (code: string | null) => districtName(request, code),
    invitation,
    time: stampTime,
  };
}

export const closeAccountPage: DeskPage = {
  path: "accounts/:id/close",
  right: "keep-accounts",
  submit: async ({ ctx, officer, koa, params: { id = "" } }) => {
    if (id === officer.id) throw new Invalid("police.accounts.error.self", {}, 409);
    await closeOfficer(ctx, { id, by: officer.id, address: koa.ip });
    return "/police/accounts";
  },
};
