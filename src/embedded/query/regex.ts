import { Fault } from "../fault.ts";
import { Opaque, TYPE, type Value } from "../values/value.ts";

export function isRegex(value: Value | undefined): value is Opaque {
  return value instanceof Opaque && value.type === TYPE.regex;
}

/** Long patterns can cost exponential time: the dialect has short ones only. */
const LONGEST_PATTERN = 1000;

/** Tests strings (and symbols) against a BSON regular expression. */
export function regexTest(regex: Opaque): (value: Value | undefined) => boolean {
  const [pattern = "", options = ""] = regex.bytes.toString("utf8").split("\0");
  return compiledTest(pattern, options);
}

/** The options are i, m, s and u; x (spaces and remarks inside the pattern) is refused by name. */
export function compiledTest(pattern: string, options: string): (value: Value | undefined) => boolean {
  const unknown = [...options].find((option) => !"imsu".includes(option));
  if (unknown) throw new Fault(51108, `invalid flag in regex options: ${unknown}`);
  if (pattern.length > LONGEST_PATTERN) throw new Fault(51091, "Regular expression is too long");
  const compiled = compile(pattern, `${options.replace("u", "")}u`) ?? compile(pattern, options.replace("u", ""));
  if (!compiled) throw new Fault(51091, "Regular expression is invalid");
  return (value) => typeof value === "string" && compiled.test(value);
}

function compile(pattern: string, flags: string): RegExp | undefined {
  try {
    return new RegExp(pattern, flags);
  } catch {
    return undefined;
  }
}
