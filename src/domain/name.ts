/**
 * Why a name is refused; each has its own sentence on the page. `invisible`: a control or bidi character;
 * `letters`: neither Chinese nor Latin.
 */
export type NameFault = "empty" | "long" | "invisible" | "letters";

export type CheckedName = { name: string; fault: null } | { name: null; fault: NameFault };

const MAX_NAME = 50;
/** Controls, bidi marks, joiners, variation selectors: invisible, and they would spoil a printed line. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}\p{Cn}\p{Variation_Selector}]/u;
/** Characters typed for the middle dot of a name, which is · U+00B7 (民委发〔2016〕33号). */
const DOTS = "·•‧∙⋅・･．﹒.●";
const HAN = "[\\p{Script=Han}〇]";
const DOT_AFTER_HAN = new RegExp(`(?<=${HAN}) ?[${DOTS}] ?(?=[${HAN.slice(1, -1)}\\p{Script=Latin}])`, "gu");
const SPACE_IN_HAN = new RegExp(`(?<=${HAN}) (?=${HAN})`, "gu");
/**
 * Chinese characters and Latin letters; between two of them one dot, hyphen, apostrophe, comma, full stop or
 * space.
 */
const LETTER = "[\\p{Script=Han}〇\\p{Script=Latin}]";
const NAME = new RegExp(`^${LETTER}+(?:(?:[·'-]|[.,] ?| )${LETTER}+)*\\.?$`, "u");

/**
 * Returns a name as documents carry it (middle dot, apostrophe and hyphen in one form, no spaces between
 * Chinese characters), or its fault.
 */
export function checkName(typed: string): CheckedName {
  if (typed.length > MAX_NAME * 4) return { name: null, fault: "long" };
  const name = typed
    .replace(/[\uff01-\uff5e]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
    .replace(/[\p{Zs}\t]+/gu, " ")
    .normalize("NFC")
    .replace(/[‘’‛´`ʼ′]/g, "'")
    .replace(/[\p{Dash}－]/gu, "-")
    .replace(DOT_AFTER_HAN, "·")
    .replace(SPACE_IN_HAN, "")
    .replace(/ ?, ?/g, ", ")
    .replace(/^ | $/g, "");
  if (name === "") return { name: null, fault: "empty" };
  if (INVISIBLE.test(name)) return { name: null, fault: "invisible" };
  if ([...name].length > MAX_NAME) return { name: null, fault: "long" };
  return NAME.test(name) ? { name, fault: null } : { name: null, fault: "letters" };
}
