import type Joi from "joi";

/** A cell of the READMEs' tables, in Markdown; `{default}` stands for the default of the schema. */
export type Words = Readonly<Record<"en" | "zh", string>>;

/** Everything about one setting. Its path in a file follows from its position in SETTINGS. */
export interface Setting<Value> {
  /** the environment variable, which wins over a file */
  variable?: string;
  /** its form and its default */
  schema: Joi.Schema;
  /** may be given as the path of a file, in the variable with `_FILE` appended; no fault repeats its value */
  isSecret?: true;
  /** where it must be given */
  required?: "in production" | "without the simulator";
  /** production's objection to a value, as the end of a sentence; null: none */
  objection?: (value: NonNullable<Value>) => string | null;
  /** the bytes that must look drawn at random, and that no other setting may have */
  drawn?: (value: NonNullable<Value>) => Buffer;
  /** whether a value reaches something real: then the simulator must be asked for by name */
  isReal?: (value: NonNullable<Value>) => boolean;
  /** the value when it is not given; the README's third column */
  otherwise: Words;
  /** the README's fourth column */
  production?: Words;
}

/** Types a row by the value that its schema lets through. */
export const setting = <Value>(row: Setting<Value>): Setting<Value> => row;

/** The same text in both languages. */
export const both = (text: string): Words => ({ en: text, zh: text });

export const NONE: Words = { en: "none", zh: "无" };
export const REQUIRED: Words = { en: "required", zh: "必填" };
export const UNUSED: Words = { en: "not used", zh: "不用" };
export const REFUSED: Words = { en: "refused", zh: "拒绝" };
