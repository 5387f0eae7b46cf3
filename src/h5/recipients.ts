import type { Config, Insurer } from "../config.ts";
import { type Details, type Language, LETTERS, type Letter } from "../domain/accident.ts";
import type { Translate } from "../render.ts";

/** For whom the recipients are named. */
export interface Naming {
  config: Config;
  t: Translate;
  language: Language;
}

/**
 * Names those to whom the claim may go, each with its hotline (PIPL art. 23): insurers that we know, and
 * nobody else. "" when neither driver has named one.
 */
export function recipientsOf(
  { config, t, language }: Naming,
  { parties }: { parties: Record<Letter, Pick<Details, "insurerCode">> },
): string {
  const codes = LETTERS.map((letter) => parties[letter].insurerCode);
  const named = config.insurers.filter(({ code }) => codes.includes(code));
  return named
    .map(({ hotline, ...names }) => t("h5.sign.recipient", { name: recipientName(names, language), hotline }))
    .join(t("h5.sign.and"));
}

/** The legal name is Chinese; who reads English needs the other one, too. */
const recipientName = ({ legalName, ...names }: Pick<Insurer, Language | "legalName">, language: Language): string =>
  language === "en" && legalName ? `${names.en}, ${legalName}` : (legalName ?? names[language]);
