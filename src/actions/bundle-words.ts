import type { Context } from "../context.ts";
import type { Person } from "../domain/accident.ts";

/** What one text of the platform may hold, passive or not. */
const MESSAGE_BYTES = 2048;

const BETWEEN = "\n\n";

/** What waits for this person and the words that are said now, as one message; what does not fit waits on. */
export async function withUnsaid(ctx: Context, person: Person, text: string): Promise<string> {
  if (!person.hasUnsaid) return cut(text);
  const { said, left } = bundled(await ctx.people.takeUnsaid(person.id), text);
  await ctx.people.keepUnsaid(person.id, ...left);
  return said;
}

/** Sends words to him, what waits for him before them, as one message; where the sending fails what waited waits on. */
export async function sayWithUnsaid(
  ctx: Context,
  { person, text }: { person: Person; text: string },
  say: (words: string) => Promise<void>,
): Promise<void> {
  const waiting = person.hasUnsaid ? await ctx.people.takeUnsaid(person.id) : [];
  const { said, left } = bundled(waiting, text);
  await ctx.people.keepUnsaid(person.id, ...left);
  try {
    await say(said);
  } catch (error) {
    await ctx.people.keepUnsaid(person.id, ...waiting.slice(0, waiting.length - left.length));
    throw error;
  }
}

/** As many of the waiting texts as fit before the last one, oldest first. */
export function bundled(waiting: readonly string[], last: string): { said: string; left: string[] } {
  const answer = cut(last);
  let room = MESSAGE_BYTES - Buffer.byteLength(answer);
  const fits = waiting.findIndex((text) => {
    room -= Buffer.byteLength(text + BETWEEN);
    return room < 0;
  });
  const count = fits === -1 ? waiting.length : fits;
  return { said: [...waiting.slice(0, count), answer].join(BETWEEN), left: waiting.slice(count) };
}

/** Within the limit, never in the middle of a character. */
function cut(text: string): string {
  if (Buffer.byteLength(text) <= MESSAGE_BYTES) return text;
  const bytes = Buffer.from(text).subarray(0, MESSAGE_BYTES - Buffer.byteLength("…"));
  return `${new TextDecoder().decode(bytes, { stream: true })}…`;
}
