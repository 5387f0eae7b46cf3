import type { Accident, Letter } from "../domain/accident.ts";
import { liabilityOf } from "../domain/liability.ts";
import type { DeskRequest } from "./page.ts";

/** What the rule would make of this driver's statement alone; null: nothing was stated. */
export function ruleBy(
  { ctx, t }: Pick<DeskRequest, "ctx" | "t">,
  { parties }: Accident,
  letter: Letter,
): string | null {
  const statement = parties[letter]?.statement;
  if (!statement) return null;
  const [a, b] = letter === "A" ? [statement.ownAct, statement.otherAct] : [statement.otherAct, statement.ownAct];
  const liability = liabilityOf(a, b, ctx.config.rules.catalogue);
  if (liability.kind !== "settled") return t("police.file.liability.not-here");
  const { A, B } = liability.degrees;
  return t("police.file.degrees", { a: t(`police.degree.${A}`), b: t(`police.degree.${B}`) });
}
