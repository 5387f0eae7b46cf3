import Joi from "joi";
import type { WordKey } from "../render.ts";

/** Longest value: a drawn name as PNG, base64. */
const MAX_SIGNATURE_CHARACTERS = 400_000;
/** … and percent-encoded in its form. */
export const MAX_SIGNATURE_BYTES = 600_000;

/** What the action refuses about a drawing, in words. */
export const SIGNATURE_WORDS = {
  "signature-empty": "h5.sign.error.signature" satisfies WordKey,
  "signature-not-a-png": "h5.sign.error.signature" satisfies WordKey,
  "signature-too-large": "h5.sign.error.signatureLarge" satisfies WordKey,
};

/** A drawn name as a data URL. */
export const signatureField = Joi.string()
  .pattern(/^data:image\/png;base64,[A-Za-z0-9+/]+=*$/)
  .max(MAX_SIGNATURE_CHARACTERS)
  .required()
  .messages({
    "*": "h5.sign.error.signature" satisfies WordKey,
    "string.max": "h5.sign.error.signatureLarge" satisfies WordKey,
  });
