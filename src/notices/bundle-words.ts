import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";

/** Most bytes of one text on the platform, passive or not. */
const MESSAGE_BYTES = 2048;

/** A text up to this size fits beside nearly every answer; a longer one may be split. */
const SHORT_BYTES = MESSAGE_BYTES / 2;

const BETWEEN = "\n\n";

/** Joins what waits for this person and the text of an answer to one message; what does not fit waits on. */
export async function withUnsaid(ctx: Context, person: Person, text: string): Promise<string> {
  if (!person.hasUnsaid) return cut(text);
  const { said, left } = bundled(await ctx.people.takeUnsaid(person.id), text);
  await ctx.people.keepUnsaid(person.id, ...left);
  return said;
}

/** Sends a text, after what waits for this person, as one message; on failure what was queued is queued again. */
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
    // What was left waits already; what was taken came before it.
    await ctx.people.keepUnsaid(person.id, ...taken, ...(await ctx.people.takeUnsaid(person.id)));
    throw error;
  }
}

/** Bundles as many of the waiting texts as fit before the last one, oldest first. */
export function bundled(waiting: readonly string[], last: string): { said: string; taken: string[]; left: string[] } {
  const answer = cut(last);
  const parts = fitting(waiting, MESSAGE_BYTES - Buffer.byteLength(answer));
  return { said: [...parts.taken, answer].join(BETWEEN), ...parts };
}

/** Splits the first text where it is too long to fit whole: it would block all others for ever. */
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

/** Cuts to whole lines as far as they fit; to half a line only where there is room for many. */
function beginning(text: string, room: number): string {
  const head = within(text, Math.max(room, 0));
  return head.slice(0, head.lastIndexOf("\n") + 1) || (room < SHORT_BYTES ? "" : head);
}

function cut(text: string): string {
  if (Buffer.byteLength(text) <= MESSAGE_BYTES) return text;
  return `${within(text, MESSAGE_BYTES - Buffer.byteLength("…"))}…`;
}

/** Cuts to so many bytes, never in the middle of a character. */
function within(text: string, bytes: number): string {
  return new TextDecoder().decode(Buffer.from(text).subarray(0, bytes), { stream: true });
}
