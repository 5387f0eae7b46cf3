import { chooseLanguage } from "../actions/choose-language.ts";
import { confirmMoved } from "../actions/confirm-moved.ts";
import { endAccident } from "../actions/end-accident.ts";
import { makeInvitation } from "../actions/make-invitation.ts";
import type { Context } from "../context.ts";
import { isSettled, LANGUAGES, type Language, type Person } from "../domain/accident.ts";
import { asParty } from "../http/as-party.ts";
import { isOver, nextThing, type Standing, standing, standingOf } from "./next-thing.ts";
import { mayArrange, photoList } from "./photos.ts";

interface Asked {
  ctx: Context;
  person: Person;
  current: Standing | null;
}

type Command = (asked: Asked) => string | Promise<string>;

const MOST_CASES = 50;

const handle: Command = ({ ctx, person, current }) => nextThing(ctx, person, current);

/** Shows the state of the case and its claims, and the next step. */
const progress: Command = ({ ctx, person, current }) => {
  if (!current) return nextThing(ctx, person, null);
  const t = ctx.render.words(person.language);
  const claims = current.short.claims.map((claim) => {
    const insurer = ctx.config.insurers.find((one) => one.code === claim.insurerCode);
    return t("chat.progress.claim", {
      insurer: insurer?.[person.language] ?? claim.insurerCode,
      status: t(`chat.claim.${claim.status}`),
    });
  });
  const ended = current.short.ended ? [t(`chat.end.${current.short.ended.code}`)] : [];
  const head = t("chat.progress.head", { number: current.short.number });
  return [head, ...ended, ...claims, nextThing(ctx, person, current)].join("\n");
};

/** Counts the driver's cases and leads to the list. */
const cases: Command = async ({ ctx, person, current }) => {
  const all = await ctx.accidents.listByPerson(person, MOST_CASES);
  if (all.length === 0) return nextThing(ctx, person, current);
  const settled = all.filter(isSettled).length;
  const ended = all.filter((accident) => accident.ended).length;
  const counts = { running: all.length - settled - ended, settled, ended };
  return ctx.render.words(person.language)("chat.cases", { ...counts, url: `${ctx.config.publicUrl}/h5/cases` });
};

/** Offers what the state of the case allows; the numbers stay those of their commands. */
const help: Command = ({ ctx, person, current }) => {
  const t = ctx.render.words(person.language);
  const runs = current !== null && !isOver(current);
  const lines = [
    t("chat.help.head"),
    t("chat.help.handle"),
    ...(current ? [t("chat.help.progress")] : []),
    t("chat.help.operator"),
    ...(runs ? [t("chat.help.withdraw")] : []),
    t("chat.help.language"),
    ...(current?.view.mayInvite ? [t("chat.help.invite")] : []),
    ...(runs && mayArrange(current.view) ? [t("chat.help.photos")] : []),
    ...(current ? [t("chat.help.cases")] : []),
    t(runs ? "chat.help.foot" : "chat.help.footOver"),
  ];
  return [...lines, nextThing(ctx, person, current)].join("\n");
};

const operator: Command = ({ ctx, person }) =>
  ctx.render.words(person.language)("chat.operator", { phone: ctx.config.operatorPhone });

const photos: Command = ({ ctx, person, current }) => {
  const next = nextThing(ctx, person, current);
  if (!current || isOver(current) || !mayArrange(current.view)) return next;
  const list = photoList(ctx, person, current.view);
  return ctx.render.words(person.language)("chat.photo.list", { list, next });
};

/** Asks for confirmation first; a case that both drivers have signed cannot be withdrawn. */
const withdraw: Command = ({ ctx, person, current }) => {
  const t = ctx.render.words(person.language);
  if (current?.view.concludedAt) return t("chat.withdraw.concluded", { phone: ctx.config.operatorPhone });
  if (!current || isOver(current)) return t("chat.withdraw.none");
  return t("chat.withdraw.ask", { url: `${ctx.config.publicUrl}/h5/accidents/${current.short.id}/way-out` });
};

const withdrawNow: Command = async (asked) => {
  const { ctx, person, current } = asked;
  if (!current || isOver(current)) return withdraw(asked);
  const { accident, letter } = current;
  const after = await endAccident(asParty(ctx, { accidentId: accident.id, letter, person }), {
    accidentId: accident.id,
    letter,
    code: "withdrawn",
  });
  const next = nextThing(ctx, person, standing(ctx, after, person));
  return ctx.render.words(person.language)("chat.withdraw.done", { next });
};

/** Sends digits and link for a driver who cannot scan; the QR code is on the page. */
const invite: Command = async ({ ctx, person, current }) => {
  if (!current?.view.mayInvite) return nextThing(ctx, person, current);
  const { accident, letter } = current;
  const { invitation } = await makeInvitation(ctx, { accidentId: accident.id, letter });
  return ctx.render.words(person.language)("chat.invite", {
    digits: invitation?.digits ?? "",
    url: `${ctx.config.publicUrl}/h5/accidents/${accident.id}/invite`,
  });
};

/** True where the ways out of a disagreement are open: a desk, a running case, both drivers in it. */
const hasWays = (ctx: Context, current: Standing | null): current is Standing =>
  ctx.config.police.enabled &&
  current !== null &&
  !isOver(current) &&
  current.view.other.joined &&
  current.short.step !== "admission";

/** Leads to the four ways out of a disagreement, with the numbers to call first. */
const ways: Command = ({ ctx, person, current }) => {
  const t = ctx.render.words(person.language);
  if (!hasWays(ctx, current)) return t("chat.unknown", { next: nextThing(ctx, person, current) });
  return t("chat.ways", { url: `${ctx.config.publicUrl}/h5/accidents/${current.short.id}/ways` });
};

/** Words for the police that are an emergency elsewhere, and lead to the ways in a case with a desk. */
const POLICE_WORDS = ["交警", "警察", "民警", "police", "officer"];

/** The answer to one of these words alone; null: it is none, or there are no ways here. */
export async function policeWays(asked: Omit<Asked, "current">, words: string): Promise<string | null> {
  if (!asked.ctx.config.police.enabled || !POLICE_WORDS.includes(words.trim().toLowerCase())) return null;
  const current = await standingOf(asked.ctx, asked.person);
  return hasWays(asked.ctx, current) ? ways({ ...asked, current }) : null;
}

/** "The cars have moved": refused with the reason until the five photographs are stored. */
const moved: Command = async ({ ctx, person, current }) => {
  if (current?.short.step !== "move") return nextThing(ctx, person, current);
  const { accident, letter } = current;
  const after = await confirmMoved(ctx, { accidentId: accident.id, letter });
  const next = nextThing(ctx, person, standing(ctx, after, person));
  return ctx.render.words(person.language)("chat.moved", { next });
};

const speak =
  (to: (person: Person) => Language): Command =>
  async ({ ctx, person, current }) => {
    const language = to(person);
    await chooseLanguage(ctx, { person, language, loaded: current?.accident ?? null });
    const next = `\n${nextThing(ctx, { ...person, language }, current)}`;
    return ctx.render.words(language)("chat.language", { next });
  };

const languageAfter = (language: Language): Language =>
  LANGUAGES[(LANGUAGES.indexOf(language) + 1) % LANGUAGES.length] ?? LANGUAGES[0];

/** Commands by menu key and by word; the numbers are those of the help text. */
export const COMMANDS: Readonly<Record<string, Command>> = {
  handle,
  progress,
  cases,
  operator,
  withdraw,
  "withdraw-now": withdrawNow,
  help,
  photos,
  invite,
  moved,
  ways,
  english: speak(() => "en"),
  chinese: speak(() => "zh"),
  "other-language": speak((person) => languageAfter(person.language)),
};

const WORDS: ReadonlyArray<[command: string, ...words: string[]]> = [
  ["handle", "1", "处理事故", "事故", "处理", "开始", "下一步", "继续", "start", "next", "accident", "go on"],
  ["progress", "2", "进度", "查询", "状态", "progress", "status"],
  ["cases", "8", "我的案件", "我的事故", "案件", "历史", "历史记录", "my cases", "cases", "history"],
  ["operator", "3", "人工", "人工客服", "客服", "电话", "operator", "human", "phone", "person"],
  ["withdraw", "4", "撤回", "取消", "withdraw", "cancel"],
  ["withdraw-now", "确认撤回", "确定撤回", "yes withdraw", "yes, withdraw"],
  ["other-language", "5"],
  ["invite", "6", "邀请", "邀请对方", "二维码", "invite", "code", "qr"],
  ["photos", "7", "照片", "拍照", "photos", "pictures"],
  ["moved", "挪好了", "挪车了", "已挪车", "已移车", "挪完了", "moved", "we moved", "cars moved"],
  ["ways", "指导", "交警指导", "远程指导", "定责", "有争议", "不同意", "guidance", "we disagree", "we do not agree"],
  ["english", "english", "en", "英文", "英语"],
  ["chinese", "中文", "汉语", "chinese", "zh"],
  ["help", "帮助", "help", "?", "菜单", "menu", "你好", "您好", "hello", "hi", "0"],
];

const COMMAND_OF = new Map(WORDS.flatMap(([command, ...words]) => words.map((word) => [word, command] as const)));

/** Commands that cannot be undone: followed by a question mark they ask and do nothing. */
const ORDERS = new Set(["withdraw-now", "moved"]);

/**
 * Finds the command in a text or menu key. Full-width signs, case, quotes, spaces and a final punctuation
 * mark do not matter; a text of one mark alone is a word.
 */
export function commandOf(text: string): Command | undefined {
  const words = text
    .normalize("NFKC")
    .replaceAll(/["'“”‘’「」]/g, "")
    .trim()
    .replaceAll(/\s+/g, " ")
    .toLowerCase();
  const name = COMMAND_OF.get(words.replace(/(?<=.)[。.!?,、~]+$/, "")) ?? "";
  return words.includes("?") && ORDERS.has(name) ? undefined : COMMANDS[name];
}
