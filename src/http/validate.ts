import type Joi from "joi";
import type { Params, Translate, WordKey } from "../render.ts";
import type { Fields } from "./fields-read.ts";

export type Checked<Body> = { body: Body } | { errors: Record<string, string>; values: Record<string, string> };

/**
 * Sentences of every form by the kind of fault: keys of the words. A field's own `.messages()` go before
 * them.
 */
const SENTENCES: Record<string, WordKey> = {
  "any.required": "h5.errors.missing",
  "any.only": "h5.errors.choice",
  "string.empty": "h5.errors.missing",
  "string.max": "h5.errors.too-long",
  "object.unknown": "h5.errors.unknown",
};

const isKey = (message: string) => /^[a-z][\w-]*(\.[\w-]+)+$/i.test(message);

/** Checks posted fields; faults come back as one sentence per field, with everything that was typed. */
export function validate<Body>(schema: Joi.ObjectSchema<Body>, fields: Fields, t: Translate): Checked<Body> {
  const { error, value } = schema.validate(fields, { abortEarly: false, errors: { label: false } });
  if (!error) return { body: value };
  const errors: Record<string, string> = Object.create(null);
  for (const { path, type, message, context } of error.details) {
    const field = String(path[0] ?? "");
    const key = isKey(message) ? message : (SENTENCES[type] ?? "h5.errors.format");
    errors[field] ??= sentence(t, key, { field, limit: String(context?.["limit"] ?? "") });
  }
  return { errors, values: typed(fields) };
}

/** Only text goes back into the form. */
export function typed(fields: Fields): Record<string, string> {
  const texts = Object.entries(fields).filter(([name, value]) => typeof value === "string" && !name.startsWith("_"));
  return Object.fromEntries(texts) as Record<string, string>;
}

/** The words of an error's code: a code with a dot is a key itself, any other stands below `h5.errors`. */
export const errorSentence = (t: Translate, code: string, params: Params = {}, fallback?: string): string =>
  sentence(t, code.includes(".") ? code : `h5.errors.${code}`, params, fallback);

/** The words of a key, or those of `fallback`: a form never fails because a sentence is missing. */
export function sentence(t: Translate, key: string, params: Params = {}, fallback = "h5.errors.format"): string {
  return t.find(key, params) ?? t.find(fallback, params) ?? t("h5.errors.500");
}
