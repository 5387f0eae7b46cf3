import type { Language } from "../domain/accident.ts";

/** Kinds of emergency; each has its own words with the numbers to call. */
export type Emergency = "hurt" | "fire" | "police" | "danger";

interface Signs {
  kind: Emergency;
  zh: RegExp;
  en: RegExp;
}

/** "没人受伤", "不用报警", "nobody was hurt", "no need to call the police": negated, no emergency. */
const NOT_ZH = "(?<!(?:没有?|无|无需|不|不用|不需要?|不必|不想|别|未|已|已经)(?:任何)?(?:人员?)?(?:再)?)";
const NOT_EN =
  "(?<!\\b(?:no|not|nobody|none|never|without|no[ -]?one|\\w+n't)\\b(?: (?:is|was|are|were|has|have|had|been|got|get|any|anyone|anybody|one|need|to|call|the|for|of|us|seriously|badly|and|or|hurt|injured))*\\s)";

const zh = (...words: string[]) => new RegExp(`${NOT_ZH}(?:${words.join("|")})`, "u");
const en = (...words: string[]) => new RegExp(`${NOT_EN}\\b(?:${words.join("|")})\\b`, "u");

/** A number alone or with a word for calling; 120 yuan or a plate with 120 is not meant. */
const calledZh = (...numbers: string[]) =>
  `(?:^|拨打?|打|叫|呼叫|联系)(?:${numbers.join("|")})(?!\\d|元|块|万|码|公里|米)`;
const calledEn = (...numbers: string[]) => `(?:call|dial|ring|phone) (?:${numbers.join("|")})`;

/** In order of precedence: fire endangers everybody, the injured come before the report. */
const SIGNS: readonly Signs[] = [
  {
    kind: "fire",
    zh: zh("着火", "起火", "失火", "火灾", "自燃", "冒烟", "爆炸", "漏油", "消防车", "被困", "困在车", calledZh("119")),
    en: en(
      "(?:on |caught |a |the )?fire(?! (?:hydrant|station|truck|engine|lane|extinguisher|exit|alarm))",
      "burning",
      "in flames",
      "smoke",
      "explo(?:sion|ded|des?)",
      "trapped",
      calledEn("119"),
    ),
  },
  {
    kind: "hurt",
    zh: zh(
      "受(?:了)?(?:重|轻)?伤",
      "(?:有|是|一个|几个)伤(?:者|员)",
      "流(?:了?很?多)?血",
      "出血",
      "昏迷",
      "昏倒",
      "晕倒",
      "骨折",
      "不省人事",
      "(?<!刚才|差点|险些)撞(?:到|了|倒)?(?:行|老|小)?人(?:了|$)",
      "死人",
      "死了人",
      "救护车",
      calledZh("120"),
    ),
    en: en(
      "injur(?:ed|y|ies)",
      "hurt",
      "wounded",
      "bleeding",
      "blood",
      "unconscious",
      "not breathing",
      "dying",
      "ambulance",
      calledEn("120"),
    ),
  },
  {
    kind: "danger",
    zh: zh("救命", "救救我", "快来救", "sos"),
    en: en("help (?:me|us|him|her|them)", "emergency", "sos", "need help now"),
  },
  {
    kind: "police",
    zh: zh("报警", "(?:叫|找|喊|要)(?:交警|警察|民警)", "肇事逃逸", "打人", "打架", calledZh("110", "122")),
    en: en("police", "hit[ -]and[ -]run", calledEn("110", "122", "911", "999", "112")),
  },
];

/** Emergencies when they are the whole message. */
const ALONE: Readonly<Record<string, Emergency>> = {
  "120": "hurt",
  "119": "fire",
  "110": "police",
  "122": "police",
  "911": "police",
  "999": "police",
  警察: "police",
  交警: "police",
  "help!": "danger",
  "help!!": "danger",
  "help!!!": "danger",
};

const MAX_READ = 200;

/** Finds the emergency in a message, or null. Words are matched whole; negated ones do not count. */
export function emergencyIn(text: string): Emergency | null {
  const words = text
    .slice(0, MAX_READ)
    .normalize("NFKC")
    .replaceAll(/[‘’]/g, "'")
    .trim()
    .replaceAll(/\s+/g, " ")
    .toLowerCase();
  const alone = ALONE[words] ?? ALONE[words.replace(/[。.!?,、~]+$/, "")];
  if (alone) return alone;
  return SIGNS.find(({ zh, en }) => zh.test(words) || en.test(words))?.kind ?? null;
}

/** Returns English for a message in Latin letters, else the person's own language. */
export const languageOfCry = (text: string, chosen: Language): Language =>
  /[a-z]/i.test(text) && !/\p{Script=Han}/u.test(text) ? "en" : chosen;
