import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import { Unreadable } from "../errors.ts";
import { withUnsaid } from "../notices/bundle-words.ts";
import type { InboundMessage, MessageKind, MessageOf } from "../wechat/message.ts";
import { COMMANDS, commandOf } from "./commands.ts";
import { codeOfLink, digitsOf, invited } from "./invitation.ts";
import { nextThing, standingOf } from "./next-thing.ts";
import { ownerOf, rearrange, rearrangementOf, tellOwner } from "./photo-order.ts";
import { onPhoto } from "./photos.ts";
import { onPosition } from "./position.ts";
import { REPORTS } from "./reports.ts";

/** What we answer, or null: nothing to say to this. */
type Answer = string | null | Promise<string | null>;

export interface Asked<K extends MessageKind = MessageKind> {
  ctx: Context;
  message: MessageOf<K>;
  person: Person;
  /** more pictures of his have arrived behind this message and wait for their turn */
  morePhotos(): boolean;
}
type Handler<K extends MessageKind> = (asked: Asked<K>) => Answer;

const silent = () => null;

/** Table of message kind → what it does. What is not here is answered with the next useful thing. */
const HANDLERS: { [K in MessageKind]?: Handler<K> } = {
  subscribe: ({ ctx, message, person }) => invited(ctx, person, message.scene),
  scan: ({ ctx, message, person }) => invited(ctx, person, message.scene),
  click: onClick,
  text: (asked) => onWords(asked, asked.message.content),
  // The platform writes down what it heard where the account asks for it.
  voice: (asked) => onWords(asked, asked.message.recognition ?? ""),
  image: onPhoto,
  location: onPosition,
  scancode: ({ ctx, message, person }) => (message.waiting ? onScan(ctx, person, message.scanResult) : null),
  // What was chosen follows as messages of its own.
  locationSelect: silent,
  pictures: silent,
  locationReport: silent,
  view: silent,
  miniprogram: silent,
};

const SPEAKS: Partial<Record<MessageKind, "message" | "subscribe" | "scan" | "click">> = {
  ...{ text: "message", image: "message", voice: "message", video: "message", shortvideo: "message" },
  ...{ location: "message", link: "message", unknown: "message", subscribe: "subscribe", scan: "scan" },
  ...{ click: "click", scancode: "click" },
};

/** The platform has events that this code does not know (of drafts, of the account itself): they are no words of anybody's. */
const isUnknownEvent = (message: InboundMessage): boolean => message.kind === "unknown" && message.event !== undefined;

/** He did something and looks at his phone for an answer. Reports of the platform's, and what is followed by messages of its own, have none. */
export const awaitsAnswer = (message: InboundMessage): boolean =>
  SPEAKS[message.kind] !== undefined && !isUnknownEvent(message);

/** One message in, one answer out. What he did opens the platform's window for what we say later. */
export async function answerTo(
  ctx: Context,
  message: InboundMessage,
  morePhotos: () => boolean = () => false,
): Promise<string | null> {
  const report = REPORTS[message.kind] as ((ctx: Context, message: InboundMessage) => Promise<void>) | undefined;
  if (report) {
    await report(ctx, message);
    return null;
  }
  if (isUnknownEvent(message)) return null;
  const person = await ctx.people.see(message.openid, SPEAKS[message.kind]);
  const handler = (HANDLERS[message.kind] ?? unknown) as (asked: Asked) => Answer;
  const answer = await readableAnswer(ctx, person, () => handler({ ctx, message, person, morePhotos } as Asked));
  return answer && withUnsaid(ctx, person, answer);
}

/** Where his case does not open, sending again helps nobody: he is told whom to call, with the number to say. */
async function readableAnswer(ctx: Context, person: Person, answer: () => Answer): Promise<string | null> {
  try {
    return await answer();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const number = error.details["number"];
    const t = ctx.render.words(person.language);
    const phone = ctx.config.operatorPhone;
    return typeof number === "string" ? t("chat.case-unreadable", { number, phone }) : t("chat.unreadable", { phone });
  }
}

async function unknown({ ctx, person }: Pick<Asked, "ctx" | "person">): Promise<string> {
  const current = await standingOf(ctx, person);
  return ctx.render.words(person.language)("chat.unknown", { next: nextThing(ctx, person, current) });
}

async function onClick({ ctx, message, person }: Asked<"click">): Promise<string> {
  const command = Object.hasOwn(COMMANDS, message.key) ? COMMANDS[message.key] : undefined;
  return command ? command({ ctx, person, current: await standingOf(ctx, person) }) : unknown({ ctx, person });
}

/** Longer words are no command, and no pattern looks at them. */
const LONGEST_COMMAND = 64;

async function onWords({ ctx, person }: Pick<Asked, "ctx" | "person">, said: string): Promise<string> {
  const words = said.trim();
  if (words.length > LONGEST_COMMAND) return unknown({ ctx, person });
  // "1" is a number of the last list shown: that of the question, while one is open.
  const owner = ownerOf(words);
  const told = owner && (await tellOwner(ctx, person, owner));
  if (told) return told;
  const command = commandOf(words);
  if (command) return command({ ctx, person, current: await standingOf(ctx, person) });
  const digits = digitsOf(words);
  if (digits) return invited(ctx, person, digits);
  const order = rearrangementOf(words);
  if (order) return rearrange(ctx, person, order);
  return unknown({ ctx, person });
}

/** Our own codes that were scanned from the menu; the platform's own come as a scan event. */
function onScan(ctx: Context, person: Person, scanned: string): Answer {
  const code = codeOfLink(ctx, scanned);
  return code ? invited(ctx, person, code) : unknown({ ctx, person });
}
