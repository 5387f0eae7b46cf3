import { countOnDuty } from "../actions/count-on-duty.ts";
import type { Office } from "../domain/dispute-view.ts";
import { findDistrict } from "../domain/district.ts";
import type { Right } from "../domain/officer.ts";
import type { PageRequest } from "./page.ts";
import { timeText } from "./times.ts";

type Asked = Pick<PageRequest, "ctx" | "view" | "person" | "t">;

/** Names who has a case as drivers are told: the district's police and the office, never a person. */
export function officeText({ ctx, person, t }: Asked, { role, district }: Office): string {
  const { rules, city } = ctx.config;
  const place = findDistrict(rules.districts, district) ?? city;
  return t(role === "auxiliary" ? "h5.office.auxiliary" : "h5.office.officer", { district: place[person.language] });
}

/** Says whether anybody is at the desk now who may do this for the case. */
export async function dutyText({ ctx, view, person, t }: Asked, right: Right): Promise<string> {
  const count = await countOnDuty(ctx, { district: view.district, right });
  const now = ctx.clock.now();
  const time = timeText(now, now, person.language);
  return count > 0 ? t("h5.office.onDuty", { n: count, time }) : t("h5.office.nobody", { time });
}
