import Joi from "joi";
import { findDistrict } from "../domain/district.ts";
import type { DeskRequest } from "./page.ts";

/** A district's name in the reader's language; a code that the city no longer has stands for itself. */
export function districtName(
  { ctx, language, t }: Pick<DeskRequest, "ctx" | "language" | "t">,
  code: string | null,
): string {
  if (code === null) return t("police.district.city");
  return findDistrict(ctx.config.rules.districts, code)?.[language] ?? code;
}

/** What a page needs for choosing a district: an account of one has that one. */
export const placesOf = (request: DeskRequest) => ({
  districts: request.ctx.config.rules.districts,
  ownDistrict: request.officer.district && districtName(request, request.officer.district),
});

/** A field for a district's code; "": the whole city, or any. */
export const districtField = Joi.string()
  .trim()
  .pattern(/^\w{1,10}$/)
  .allow("")
  .default("");
