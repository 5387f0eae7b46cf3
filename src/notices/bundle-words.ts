import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";

/** Longest text of one message on the platform in bytes, passive or not: less than 2,048. */
const MESSAGE_BYTES = 2047;

/** A text up to this size fits beside nearly every answer; a longer one may be split. */
const SHORT_BYTES = Math.floor(MESSAGE_BYTES / 2);

const BETWEEN = "\n\n";

/**
 * Joins the texts that wait for this person and an answer into one message; what does not fit keeps waiting.
 */
export async function withUnsaid(ctx: Context, person: Person, text: string): Promise<string> {
  if (!person.hasUnsaid) return cut(text);
  const { said, left } = bundled(await ctx.people.takeUnsaid(person.id), text);
  await ctx.people.keepUnsaid(person.id, ...left);
  return said;
}

/**
 * Sends a text, after those that wait for this person, as one message; on failure the waiting ones are queued
 * again.
 */
export async function sayWithUnsaid(
  ctx: Context,
  { person, text }: { person: Person; text: string },
  say: (words: string) => Promise<void>,
): Promise<void> {
  const waiting = person.hasUnsaid ? await ctx.people.takeUnsaid(person.id) : [];
  const { said, taken, left } = bundled(waiting, text);
  await ctx.people.keepUnsaid(person.id, ...left);
  try {
    await say(said);
  } catch (error) {
    // Texts that did not fit are queued already; the taken ones go before them.
    await ctx.people.keepUnsaid(person.id, ...taken, ...(await ctx.people.takeUnsaid(person.id)));
    throw error;
  }
}

/** Takes as many waiting texts as fit before the last one, oldest first. */
export function bundled(waiting: readonly string[], last: string): { said: string; taken: string[]; left: string[] } {
  const answer = cut(last);
  const parts = fitting(waiting, MESSAGE_BYTES - Buffer.byteLength(answer));
  return { said: [...parts.taken, answer].join(BETWEEN), ...parts };
}

/** Splits the first text when it is too long to fit whole, for it would block all others. */
function fitting(waiting: readonly string[], room: number): { taken: string[]; left: string[] } {
  let free = room;
  const tooMany = waiting.findIndex((text) => {
    free -= Buffer.byteLength(text + BETWEEN);
    return free < 0;
  });
  const count = tooMany === -1 ? waiting.length : tooMany;
  const [first = "", ...others] = waiting;
  const head = count === 0 && Buffer.byteLength(first) > SHORT_BYTES ? beginning(first, room - BETWEEN.length) : "";
  if (head === "") return { taken: waiting.slice(0, count), left: waiting.slice(count) };
  return { taken: [head.trimEnd()], left: [first.slice(head.length), ...others] };
}

/** Cuts to whole lines that fit; within a line only when much room is left. */
function beginning(text: string, room: number): string {
  const head = within(text, Math.max(room, 0));
  return head.slice(0, head.lastIndexOf("\n") + 1) || (room < SHORT_BYTES ? "" : head);
}

function cut(text: string): string {
  if (Buffer.byteLength(text) <= MESSAGE_BYTES) return text;
  return `${within(text, MESSAGE_BYTES - Buffer.byteLength("…"))}…`;
}

/** Cuts to a number of bytes, never inside a character or a link. */
function within(text: string, bytes: number): string {
  const head = new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true });
  const link = head.lastIndexOf("<a ");
  return link >= 0 && !head.includes("</a>", link) && head.length < text.length ? head.slice(0, link) : head;
}
