import Joi from "joi";
import { checkPhone } from "../domain/phone.ts";
import { checkPlate } from "../domain/plate.ts";
import type { WordKey } from "../render.ts";

/**
 * Field types of the forms: text only; an object or a list is refused by the field's name. Messages are keys
 * of the words.
 */

/** Control characters, and characters that change the writing direction: they would spoil a printed line. */
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2060-\u2069]/;
/** Characters without width, and isolates: maps and address books put them around copied text. */
const WIDTHLESS = /[\u200b-\u200d\u2060\u2066-\u2069\ufeff]/g;

/** One line of text. */
export const line = (max: number) =>
  Joi.string()
    .replace(WIDTHLESS, "")
    .trim()
    .max(max)
    .custom((text: string, helpers) => (UNPRINTABLE.test(text) ? helpers.error("line.characters") : text))
    .messages({ "line.characters": "h5.errors.characters" satisfies WordKey });

export const name = line(50);

/** Somebody's own words: may be empty, may have several lines. */
export const text = (max: number) =>
  Joi.string()
    .replace(WIDTHLESS, "")
    .trim()
    .replace(/\r\n?/g, "\n")
    .allow("")
    .max(max)
    .custom((words: string, helpers) =>
      UNPRINTABLE.test(words.replaceAll("\n", "")) ? helpers.error("line.characters") : words,
    )
    .messages({ "line.characters": "h5.errors.characters" satisfies WordKey });

/** A driver's own words. */
export const note = text(200);

/** Normalised; an unusual format is accepted. */
export const plate = Joi.string()
  .custom((text: string, helpers) => checkPlate(text)?.plate ?? helpers.error("plate.format"))
  .messages({ "plate.format": "h5.errors.plate" satisfies WordKey });

/** A number on which somebody can be called, as it is stored. */
export const phone = Joi.string()
  .custom((text: string, helpers) => checkPhone(text) ?? helpers.error("phone.format"))
  .messages({ "phone.format": "h5.errors.phone" satisfies WordKey });

/** Ids made by us: of accidents, photographs. */
export const id = Joi.string().pattern(/^[\w-]{1,64}$/);

/** A decimal number within bounds, written as text. */
export const decimal = (min: number, max: number) => Joi.number().min(min).max(max);
