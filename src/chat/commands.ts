import { chooseLanguage } from "../actions/choose-language.ts";
import type { Context } from "../context.ts";
import type { Language, Person } from "../domain/accident.ts";
import { nextThing, type Standing } from "./next-thing.ts";

interface Asked {
  ctx: Context;
  person: Person;
  current: Standing | null;
}

type Command = (asked: Asked) => string | Promise<string>;

const handle: Command = ({ ctx, person, current }) => nextThing(ctx, person, running(current));

/** Where the case and its claim stand, and the next thing to do. */
const progress: Command = ({ ctx, person, current }) => {
  if (!current) return nextThing(ctx, person, null);
  const t = ctx.render.words(person.language);
  const claims = current.view.claims.map((claim) => {
    const insurer = ctx.config.insurers.find((one) => one.code === claim.insurerCode);
    return t("chat.progress.claim", {
      insurer: insurer?.[person.language] ?? claim.insurerCode,
      status: t(`chat.claim.${claim.status}`),
    });
  });
  return [t("chat.progress.head", { number: current.view.number }), ...claims, nextThing(ctx, person, current)].join(
    "\n",
  );
};

const help: Command = ({ ctx, person, current }) =>
  ctx.render.words(person.language)("chat.help", { next: `\n${nextThing(ctx, person, running(current))}` });

const operator: Command = ({ ctx, person }) =>
  ctx.render.words(person.language)("chat.operator", { phone: ctx.config.operatorPhone });

/** Withdrawing needs a second thought, so it is confirmed on a page; what is signed by both can no longer be withdrawn. */
const withdraw: Command = ({ ctx, person, current }) => {
  const t = ctx.render.words(person.language);
  if (current?.view.concludedAt) return t("chat.withdraw.concluded", { phone: ctx.config.operatorPhone });
  if (!current || current.view.ended) return t("chat.withdraw.none");
  return t("chat.withdraw.ask", { url: `${ctx.config.publicUrl}/h5/accidents/${current.view.id}/way-out` });
};

const speak =
  (to: (person: Person) => Language): Command =>
  async ({ ctx, person, current }) => {
    const language = to(person);
    await chooseLanguage(ctx, { person, language });
    return ctx.render.words(language)("chat.language", {
      next: `\n${nextThing(ctx, { ...person, language }, running(current))}`,
    });
  };

/** A case that is over is not what he wants to go on with. */
const running = (current: Standing | null) => (current?.view.ended ? null : current);

/** By menu key and by word; the numbers are those of the help text. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  handle,
  progress,
  operator,
  withdraw,
  help,
  english: speak(() => "en"),
  chinese: speak(() => "zh"),
  "other-language": speak((person) => (person.language === "zh" ? "en" : "zh")),
};

const WORDS: ReadonlyArray<[command: string, ...words: string[]]> = [
  ["handle", "1", "处理事故", "事故", "处理", "开始", "下一步", "start", "next"],
  ["progress", "2", "进度", "查询", "状态", "progress", "status"],
  ["operator", "3", "人工", "客服", "电话", "operator", "human", "phone"],
  ["withdraw", "4", "撤回", "取消", "withdraw", "cancel"],
  ["other-language", "5"],
  ["english", "english", "en", "英文", "英语"],
  ["chinese", "中文", "chinese", "zh"],
  ["help", "帮助", "help", "?", "？", "菜单", "menu", "你好", "hello", "hi"],
];

const COMMAND_OF = new Map(WORDS.flatMap(([command, ...words]) => words.map((word) => [word, command] as const)));

/** The command behind what he wrote: full-width digits, case, quotes and spaces do not matter. */
export function commandOf(text: string): Command | undefined {
  const word = text
    .normalize("NFKC")
    .trim()
    .replaceAll(/["'“”‘’]/g, "")
    .toLowerCase();
  return COMMANDS[COMMAND_OF.get(word) ?? ""];
}
