import type { Context } from "../context.ts";
import { Invalid } from "../errors.ts";
import type { WordKey } from "../render.ts";

/**
 * Runs an action; what it refuses gets this page's own sentence (a key of the words), where the page has one.
 */
export async function refusing<T>(words: Record<string, string>, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const key = error instanceof Invalid ? words[error.code] : undefined;
    if (!(error instanceof Invalid) || !key) throw error;
    throw new Invalid(key, { ...error.details }, error.status);
  }
}

/** Throws Invalid at the field when the agreement could not print the text as it was typed. */
export async function requirePrintable(
  ctx: Context,
  { field, text, code = "h5.errors.glyph" }: { field: string; text: string; code?: WordKey },
): Promise<void> {
  const character = await ctx.documents.unprintable(text);
  if (character) throw new Invalid(code, { field, words: { character } });
}
