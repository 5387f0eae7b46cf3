import { emptyFields, type Fields } from "./fields.ts";

const ENVELOPE =
  /^<xml>\s*<ToUserName><!\[CDATA\[([\w@.-]{1,128})\]\]><\/ToUserName>\s*<Encrypt><!\[CDATA\[([A-Za-z0-9+/=]+)\]\]><\/Encrypt>\s*<\/xml>\s*$/;

/**
 * Reads the envelope of safe mode as the platform writes it; undefined for any other body, which the strict
 * parser reads to the same result.
 */
export function parseEnvelope(xml: string): Fields | undefined {
  // Saves a third of a push's time: the parser looks at each character of the ciphertext.
  const found = ENVELOPE.exec(xml);
  if (!found) return undefined;
  const fields = emptyFields();
  fields["ToUserName"] = found[1]!;
  fields["Encrypt"] = found[2]!;
  return fields;
}
