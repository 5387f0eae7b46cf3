import type { Language } from "../domain/accident.ts";
import type { Translate } from "../render.ts";
import type { Finding, State } from "./check.ts";
import type { Line } from "./examine.ts";

const NAME_COLUMNS = 26;

export interface ReportOptions {
  words(language: Language): Translate;
  /** in which languages each line is written, side by side */
  languages: readonly Language[];
  print(text: string): void;
}

/**
 * Prints one line for each check and a last one with the counts. Returns the exit code: 1 when something
 * fails.
 */
export function report(lines: readonly Line[], { words, languages, print }: ReportOptions): number {
  const inAll = (say: (t: Translate) => string) => languages.map((language) => say(words(language))).join(" | ");
  for (const { name, finding } of lines) {
    if (!finding) continue;
    print(`${finding.state.padEnd(6)}${name.padEnd(NAME_COLUMNS)}${inAll((t) => sentenceOf(finding, t))}\n`);
  }
  const count = (state: State) => lines.filter(({ finding }) => finding?.state === state).length;
  const left = lines.filter(({ finding }) => !finding).length;
  const counts = { ok: count("ok"), warn: count("warn"), fail: count("fail"), left };
  print(`${inAll((t) => t(left > 0 ? "doctor.some-left" : "doctor.all", counts))}\n`);
  return counts.fail > 0 ? 1 : 0;
}

/** What was found and what to do, as one line. */
function sentenceOf({ found, cure, params }: Finding, t: Translate): string {
  const parts = [t.find(`doctor.found.${found}`, params), cure && t.find(`doctor.cure.${cure}`, params)];
  return parts.filter(Boolean).join(" ").replaceAll(/\s+/g, " ");
}
