import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import { Invalid, Unreadable } from "../errors.ts";
import { errorSentence } from "../http/validate.ts";
import { withUnsaid } from "../notices/bundle-words.ts";
import type { InboundMessage, MessageKind } from "../wechat/message.ts";
import type { Asked } from "./asked.ts";
import { COMMANDS, commandOf, policeWays } from "./commands.ts";
import { emergencyIn, languageOfCry } from "./emergency.ts";
import { codeOfLink, digitsOf, invited } from "./invitation.ts";
import { nextThing, standingOf } from "./next-thing.ts";
import { ownerOf, rearrange, rearrangementOf, tellOwner } from "./photo-order.ts";
import { onPhoto } from "./photos.ts";
import { onPosition } from "./position.ts";
import { REPORTS } from "./reports.ts";

/** The text of the reply, or null when there is nothing to say. */
type Answer = string | null | Promise<string | null>;

type Handler<K extends MessageKind> = (asked: Asked<K>) => Answer;

const silent = () => null;

/** Handlers by message kind; a kind without one is answered with the driver's next step. */
const HANDLERS: { [K in MessageKind]?: Handler<K> } = {
  subscribe: ({ ctx, message, person }) => invited(ctx, person, message.scene),
  scan: ({ ctx, message, person }) => invited(ctx, person, message.scene),
  click: onClick,
  text: (asked) => onWords(asked, asked.message.content),
  // Text that the platform recognised; it sends it only when the account has switched that on.
  voice: (asked) => onWords(asked, asked.message.recognition ?? ""),
  image: onPhoto,
  location: onPosition,
  scancode: ({ ctx, message, person }) => (message.waiting ? onScan(ctx, person, message.scanResult) : null),
  // The chosen place or pictures follow as messages of their own.
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

/** Event types that this code does not know (drafts, the account itself): no driver caused them. */
const isUnknownEvent = (message: InboundMessage): boolean => message.kind === "unknown" && message.event !== undefined;

/**
 * Tells whether the driver caused this message and expects an answer. Reports of the platform, and events
 * that are followed by messages of their own, are not answered.
 */
export const awaitsAnswer = (message: InboundMessage): boolean =>
  SPEAKS[message.kind] !== undefined && !isUnknownEvent(message);

/** Statuses of what holds a driver: no room for a further picture, too many of anything. */
const HOLDING = [409, 429];

/** Answers one message. A driver's message also opens the platform's window for customer messages. */
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
  const person = inOwnWords(await ctx.people.see(message.openid, SPEAKS[message.kind]), message);
  const handler = (HANDLERS[message.kind] ?? unknown) as (asked: Asked) => Answer;
  const answer = await readableAnswer(ctx, person, () => handler({ ctx, message, person, morePhotos } as Asked));
  return answer && withUnsaid(ctx, person, answer);
}

/** A guest's language is not stored: the message itself shows it. */
function inOwnWords(person: Person, message: InboundMessage): Person {
  if (!person.isGuest || message.kind !== "text") return person;
  return { ...person, language: languageOfCry(message.content, person.language) };
}

/**
 * Says what is no fault of the message: a limit that its driver has reached, or a case that cannot be
 * decrypted, where sending again would not help.
 */
async function readableAnswer(ctx: Context, person: Person, answer: () => Answer): Promise<string | null> {
  try {
    return await answer();
  } catch (error) {
    const t = ctx.render.words(person.language);
    const phone = ctx.config.operatorPhone;
    if (error instanceof Invalid && HOLDING.includes(error.status)) {
      const next = nextThing(ctx, person, await standingOf(ctx, person));
      return `${errorSentence(t, error.code, { phone })}\n${next}`;
    }
    if (!(error instanceof Unreadable)) throw error;
    const number = error.details["number"];
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
  const ways = await policeWays({ ctx, person }, words);
  if (ways) return ways;
  const emergency = emergencyIn(words);
  if (emergency) {
    const t = ctx.render.words(languageOfCry(words, person.language));
    return t(`chat.emergency.${emergency}`, { url: `${ctx.config.publicUrl}/h5/way-out` });
  }
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

/** A scan from the menu delivers our own codes as text; a scan of the platform's code is an event. */
function onScan(ctx: Context, person: Person, scanned: string): Answer {
  const code = codeOfLink(ctx, scanned);
  return code ? invited(ctx, person, code) : unknown({ ctx, person });
}
