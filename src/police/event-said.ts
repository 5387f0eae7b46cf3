import type { Context } from "../context.ts";
import type { ChainedEvent, Language } from "../domain/accident.ts";
import { findDistrict } from "../domain/district.ts";
import { findAct } from "../domain/liability.ts";
import type { Translate } from "../render.ts";
import { stampTime } from "./desk-times.ts";
import { insurerName } from "./insurer-name.ts";

/** What the codes of the record are read with. */
export interface Reading {
  config: Pick<Context["config"], "insurers" | "rules">;
  t: Translate;
  language: Language;
}

type Event = Pick<ChainedEvent, "type" | "data">;
type Value = ChainedEvent["data"][string];
/** Says a value in words; null: it has none, and stays unsaid. */
type Say = (value: Value, reading: Reading) => string | null;

const FEN = 100;

const worded =
  (key: string): Say =>
  (value, { t }) =>
    t.find(`${key}.${value}`);
const asItIs: Say = (value) => String(value);
const yuan: Say = (value, { t }) => t("police.fact.yuan", { n: (Number(value) / FEN).toFixed(2) });
const day: Say = (value) => stampTime(new Date(String(value)));
const onlyIf: Say = (value, { t }) => (value === true ? t("police.fact.yes") : null);
const yesOrNo: Say = (value, { t }) => t(value === true ? "police.fact.yes" : "police.fact.no");
const act: Say = (value, { config, language }) => findAct(config.rules.catalogue, String(value))?.[language] ?? null;

const list =
  (key: string): Say =>
  (value, { t }) =>
    [value]
      .flat()
      .flatMap((one) => t.find(`${key}.${one}`) ?? [])
      .join(t("police.fact.comma")) || null;

const conditions: Say = (value, { config, t, language }) =>
  [value]
    .flat()
    .flatMap((id) => config.rules.conditions.find((one) => one.id === id)?.[language] ?? [])
    .join(t("police.fact.comma")) || null;

/** Where one name has several meanings, by the kind of event. */
const MEANINGS: Partial<Record<Event["type"], Partial<Record<FactName, Say>>>> = {
  "consent-given": { to: worded("police.fact.consent") },
  "consent-withdrawn": { to: worded("police.fact.consent") },
  "photo-moved": { from: worded("police.slot"), to: worded("police.slot") },
  "application-returned": { reason: worded("police.dispute.returned") },
  "officer-recused": { reason: worded("police.act.recusal") },
  "audit-finding-recorded": { finding: worded("police.audit.findings") },
  "claim-submitted": { role: worded("police.fact.claimRole") },
  "evidence-given": { photos: (value, { t }) => t("police.fact.count", { n: [value].flat().length }) },
};

/** How each fact of the record is said; what stands in neither table is for machines, as ids are. */
const FACTS = {
  vehicles: worded("police.fact.vehiclesOf"),
  to: worded("police.file.party"),
  of: worded("police.file.party"),
  party: worded("police.file.party"),
  slot: worded("police.slot"),
  findings: list("police.finding"),
  finding: worded("police.finding"),
  refusal: worded("police.finding"),
  found: asItIs,
  sure: yesOrNo,
  district: (value, { config, language }) => findDistrict(config.rules.districts, String(value))?.[language] ?? null,
  metres: asItIs,
  minutes: asItIs,
  by: worded("police.fact.joinedBy"),
  weather: worded("agreement.weather"),
  occurredAt: day,
  insurer: (value, reading) => insurerName(reading, value),
  vehicleKind: worded("agreement.vehicle"),
  ownAct: act,
  otherAct: act,
  impact: worded("agreement.impact"),
  outcome: worded("police.fact.outcomeOf"),
  forwarding: yesOrNo,
  number: asItIs,
  next: asItIs,
  ref: asItIs,
  status: worded("police.claim"),
  stale: onlyIf,
  assessedFen: yuan,
  approvedFen: yuan,
  paidFen: yuan,
  deductibleFen: yuan,
  language: worded("police.fact.languageOf"),
  rating: asItIs,
  isComplaint: onlyIf,
  how: worded("police.dispute.how"),
  what: worded("police.act.evidenceWhat"),
  reason: worded("police.file.holdBy"),
  code: worded("police.end"),
  reasons: conditions,
  filedOn: asItIs,
  A: worded("police.degree"),
  B: worded("police.degree"),
  files: asItIs,
  attempts: asItIs,
} as const satisfies Record<string, Say>;

/** What has a name in the words: these, and what only some kinds of event say. */
type FactName = keyof typeof FACTS | "from" | "role" | "photos";

const sayOf = (type: Event["type"], name: FactName): Say | undefined =>
  MEANINGS[type]?.[name] ?? (FACTS as Partial<Record<FactName, Say>>)[name];

/** Says what the record holds of an event besides its kind, each fact by its name; "": nothing for people. */
export function factsOfEvent(event: Event, reading: Reading): string {
  const { t } = reading;
  const said = (Object.entries(event.data) as [FactName, Value][]).flatMap(([name, value]) => {
    const words = sayOf(event.type, name)?.(value, reading);
    return words ? [t("police.fact.line", { name: t(`police.fact.name.${name}`), words })] : [];
  });
  return said.join(t("police.fact.separator"));
}

/** Who caused an event that no officer did: a party, the system, an insurer by name. */
export function causeOfEvent(by: string, { config, t, language }: Reading): string {
  const code = /^insurer:(.+)$/.exec(by)?.[1];
  return insurerName({ config, language }, code) ?? t.find(`police.file.party.${by}`) ?? code ?? by;
}
