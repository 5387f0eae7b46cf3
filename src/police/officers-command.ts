import { pathToFileURL } from "node:url";
import Joi from "joi";
import { closeOfficer } from "../actions/close-officer.ts";
import { inviteOfficer } from "../actions/invite-officer.ts";
import type { Context } from "../context.ts";
import type { District } from "../domain/district.ts";
import { ROLES, type Role } from "../domain/officer.ts";
import { runCommand } from "../operator-program.ts";
import { stampTime } from "./desk-times.ts";

const USAGE = `usage: officers list
       officers invite NUMBER NAME ROLE [DISTRICT]
             prints a link that is good once and for a day; ROLE is one of
             ${ROLES.join(", ")}; DISTRICT is a code of the city's districts.yaml, else the
             whole city
       officers close NUMBER
`;

type Print = (text: string) => void;

const invitation = (districts: readonly District[]) =>
  Joi.object<{ number: string; name: string; role: Role; district: string | null }>({
    number: Joi.string()
      .pattern(/^[A-Za-z0-9-]{4,20}$/)
      .required()
      .messages({ "string.pattern.base": "NUMBER: 4 to 20 letters, digits or hyphens" }),
    name: Joi.string().max(50).required(),
    role: Joi.valid(...ROLES)
      .required()
      .messages({ "any.only": `ROLE: one of ${ROLES.join(", ")}` }),
    district: Joi.valid(null, ...districts.map(({ code }) => code))
      .required()
      .messages({ "any.only": `DISTRICT: ${oneOf(districts)}` }),
  });

function oneOf(districts: readonly District[]): string {
  const names = districts.map(({ code, zh }) => `${code} ${zh}`);
  return names.length > 0 ? `one of ${names.join(", ")}` : "the city has none";
}

/** Keeps accounts of the desk from the machine itself: the first keeper cannot be invited by another. */
export async function officersCommand(ctx: Context, words: readonly string[], print: Print): Promise<number> {
  const [verb, ...rest] = words;
  const here = { by: null, address: "command" };
  if (verb === "list" && rest.length === 0) {
    for (const { number, name, role, district, state } of await ctx.officers.list())
      print(`${number}\t${name}\t${role}\t${district ?? "city"}\t${state}\n`);
    return 0;
  }
  if (verb === "invite" && rest.length >= 3 && rest.length <= 4) {
    const [number, name, role, district = null] = rest;
    const { value, error } = invitation(ctx.config.rules.districts).validate({ number, name, role, district });
    if (!error) {
      const { url, until } = await inviteOfficer(ctx, { ...value, ...here });
      print(`${url}\ngood once, until ${stampTime(until)}\n`);
      return 0;
    }
    print(`${error.message}\n`);
  }
  if (verb === "close" && rest.length === 1) {
    await closeOfficer(ctx, { id: ctx.officers.idOf(String(rest[0])), ...here });
    return 0;
  }
  print(USAGE);
  return 2;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  await runCommand((ctx) => officersCommand(ctx, process.argv.slice(2), (text) => void process.stdout.write(text)));
