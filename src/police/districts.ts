import { findDistrict } from "../domain/district.ts";
import type { DeskRequest } from "./page.ts";

/** A district's name in the reader's language; a code that the city no longer has stands for itself. */
export function districtName({ ctx, language, t }: DeskRequest, code: string | null): string {
  if (code === null) return t("police.district.city");
  return findDistrict(ctx.config.rules.districts, code)?.[language] ?? code;
}
