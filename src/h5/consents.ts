import Joi from "joi";
import { Invalid } from "../errors.ts";
import type { WordKey } from "../render.ts";

/** The two ticks of templates/h5/consents.njk. */
export interface Ticks {
  notice?: "yes";
  sensitive?: "yes";
}

const NOTICE: WordKey = "h5.consent.error.notice";
const SENSITIVE: WordKey = "h5.consent.error.sensitive";

/** Form fields of the two ticks; whether they are demanded depends on the answers beside them. */
export const ticks = {
  notice: Joi.valid("yes").messages({ "*": NOTICE }),
  sensitive: Joi.valid("yes").messages({ "*": SENSITIVE }),
};

export const hasTicked = ({ notice, sensitive }: Ticks): boolean => notice === "yes" && sensitive === "yes";

/** Throws Invalid with a sentence at each tick that is missing. */
export function requireTicks({ notice, sensitive }: Ticks): void {
  const codes = { ...(!notice && { notice: NOTICE }), ...(!sensitive && { sensitive: SENSITIVE }) };
  const [missing] = Object.entries(codes);
  if (missing) throw new Invalid(missing[1], { field: missing[0], codes });
}
