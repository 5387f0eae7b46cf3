import { announcePhoto } from "../actions/announce-photo.ts";
import { codeOfScene } from "../actions/make-invitation.ts";
import { takePosition } from "../actions/take-position.ts";
import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";
import { Invalid } from "../errors.ts";
import type { InboundMessage, MessageKind, MessageOf } from "../wechat/message.ts";
import { COMMANDS, commandOf } from "./commands.ts";
import { nextThing, type Standing, standing, standingOf } from "./next-thing.ts";

/** What we answer, or null: nothing to say to this. */
type Answer = string | null | Promise<string | null>;
type Handler<K extends MessageKind> = (ctx: Context, message: MessageOf<K>, person: Person) => Answer;

/** Table of message kind → what it does. What is not here is answered with the next useful thing. */
const HANDLERS: { [K in MessageKind]?: Handler<K> } = {
  subscribe: (ctx, { scene }, person) => welcome(ctx, person, scene),
  scan: (ctx, { scene }, person) => welcome(ctx, person, scene),
  click: async (ctx, { key }, person) =>
    COMMANDS[key]?.({ ctx, person, current: await standingOf(ctx, person) }) ?? unknown(ctx, person),
  text: onText,
  image: onImage,
  location: (ctx, message, person) => onPosition(ctx, person, message),
  locationSelect: () => null,
  locationReport: () => null,
  pictures: () => null,
  view: () => null,
  miniprogram: () => null,
  scancode: () => null,
  templateSent: () => null,
  subscribePopup: () => null,
  subscribeChange: () => null,
  subscribeSent: () => null,
  unsubscribe: async (ctx, { openid }) => {
    await ctx.quota.closed(openid);
    return null;
  },
};

const SPEAKS = { subscribe: "subscribe", scan: "scan", click: "click", scancode: "click" } as const;
const MESSAGES: ReadonlySet<MessageKind> = new Set([
  "text",
  "image",
  "voice",
  "video",
  "shortvideo",
  "location",
  "link",
]);

/** One message in, one answer out. What he did opens the platform's window for what we say later. */
export async function answerTo(ctx: Context, message: InboundMessage): Promise<string | null> {
  if (message.kind === "unsubscribe")
    return HANDLERS.unsubscribe?.(ctx, message, { id: "", openid: message.openid, language: "zh" }) ?? null;
  const opens = MESSAGES.has(message.kind) ? "message" : SPEAKS[message.kind as keyof typeof SPEAKS];
  const person = await ctx.people.see(message.openid, opens);
  const handler = HANDLERS[message.kind] as Handler<MessageKind> | undefined;
  const answer = await (handler ? handler(ctx, message, person) : unknown(ctx, person));
  return person.hasUnsaid && answer !== null
    ? [...(await ctx.people.takeUnsaid(person.id)), answer].join("\n\n")
    : answer;
}

async function unknown(ctx: Context, person: Person): Promise<string> {
  const current = await standingOf(ctx, person);
  return ctx.render.words(person.language)("chat.unknown", { next: nextThing(ctx, person, current) });
}

function welcome(ctx: Context, person: Person, scene: string | undefined): Answer {
  const t = ctx.render.words(person.language);
  const code = scene ? codeOfScene(scene) : null;
  if (code) return t("chat.welcome.invited", { url: `${ctx.config.publicUrl}/h5/join/${code}` });
  return t("chat.welcome.plain", { url: `${ctx.config.publicUrl}/h5/start` });
}

async function onText(ctx: Context, { content }: MessageOf<"text">, person: Person): Promise<string> {
  const command = commandOf(content);
  if (command) return command({ ctx, person, current: await standingOf(ctx, person) });
  const digits = content.normalize("NFKC").trim();
  if (!/^\d{6}$/.test(digits)) return unknown(ctx, person);
  return ctx.render.words(person.language)("chat.join-digits", { url: `${ctx.config.publicUrl}/h5/join/${digits}` });
}

/** Stored as a media id before we answer; a job fetches the bytes. */
async function onImage(ctx: Context, { mediaId }: MessageOf<"image">, person: Person): Promise<string> {
  const t = ctx.render.words(person.language);
  const current = await standingOf(ctx, person);
  if (!current || current.view.ended || current.view.concludedAt) {
    return `${t("chat.photo.no-case")}\n${nextThing(ctx, person, null)}`;
  }
  try {
    const { accident, letter } = current;
    const after = await announcePhoto(ctx, { accidentId: accident.id, letter, mediaId });
    const photo = after.photos.find((one) => one.mediaId === mediaId);
    const taken =
      photo && photo.slot !== "extra"
        ? t("chat.photo.taken", { slot: t(`chat.slot.${photo.slot}`) })
        : t("chat.photo.extra");
    return `${taken}\n${nextThing(ctx, person, standing(ctx, after, person))}`;
  } catch (error) {
    if (!(error instanceof Invalid)) throw error;
    return `${t("chat.photo.full", { limit: Number(error.details.limit) })}\n${nextThing(ctx, person, current)}`;
  }
}

/** WeChat's own map speaks GCJ-02 and brings a line of address. */
async function onPosition(
  ctx: Context,
  person: Person,
  { latitude, longitude, label }: MessageOf<"location">,
): Promise<string> {
  const t = ctx.render.words(person.language);
  const current: Standing | null = await standingOf(ctx, person);
  if (!current || current.view.ended || current.view.concludedAt) return nextThing(ctx, person, null);
  const position = { lat: latitude, lng: longitude, crs: "GCJ-02" as const, accuracyM: null, label: label || null };
  const { accident, letter } = current;
  const after = await takePosition(ctx, { accidentId: accident.id, letter, position });
  const said = t(after.version === accident.version ? "chat.location.late" : "chat.location.taken");
  return `${said}\n${nextThing(ctx, person, standing(ctx, after, person))}`;
}
