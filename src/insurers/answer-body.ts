/** What an answer's body says, whatever its status. */
export interface SaidInBody {
  /** The body says no: `accepted` or `success` is false, or there is an `error`. */
  refuses: boolean;
  /** The body says yes: `accepted` or `success` is true. */
  accepts: boolean;
  /** the code that it names, of a fault or of success */
  code: string | null;
  /** Neither yes nor no, but not an acceptance either: why a person must read it; null for anything else. */
  doubt: string | null;
  claimNo: string | null;
}

const SILENT: SaidInBody = { refuses: false, accepts: false, code: null, doubt: null, claimNo: null };

/** Where insurers' gateways put their code, without case and underscores. */
const CODE_FIELDS = ["code", "errcode", "errorcode", "responsecode", "resultcode", "retcode", "returncode"];
/** Success where the code is a number: 0, "0", "00000", 200. */
const GOOD_CODE = /^(0+|200)$/;
/** "FAIL", "failed", "ERROR", and the classes of faults A0001 to C9999 that go with "00000". */
const FAILS = /^(error|err$|fail|[abc]\d{4}$)/i;
const NO_ERROR: readonly unknown[] = [undefined, null, false, 0, "0", ""];
const HTML = /^\s*<(!doctype\s+html|html)\b/i;

/** Reads a JSON object, or a page for people that a gateway has put in the insurer's place; any other text says nothing. */
export function readBody(body: string, contentType: string | undefined): SaidInBody {
  if (/\bx?html\b/i.test(contentType ?? "") || HTML.test(body)) return { ...SILENT, doubt: "answer-html" };
  const said = objectOf(body);
  if (!said) return SILENT;
  const { accepted, success, error, insurerClaimNo, status } = said;
  const code = codeOf(said);
  const accepts = accepted === true || success === true;
  return {
    refuses: accepted === false || success === false || !NO_ERROR.includes(error),
    accepts,
    code,
    doubt: accepts ? null : doubtOf(code, status),
    claimNo: typeof insurerClaimNo === "string" && /^[\w-]{1,64}$/.test(insurerClaimNo) ? insurerClaimNo : null,
  };
}

function doubtOf(code: string | null, status: unknown): string | null {
  const isNumber = code !== null && /^-?\d+$/.test(code);
  if (code !== null && (isNumber ? !GOOD_CODE.test(code) : FAILS.test(code))) return `body-${asciiOf(code)}`;
  return typeof status === "string" && FAILS.test(status) ? `body-status-${asciiOf(status)}` : null;
}

/** The code inside `error`, else `error` itself where it is one, else the first field that is named like one. */
function codeOf(said: Record<string, unknown>): string | null {
  const { error } = said;
  const inner = typeof error === "object" && error !== null ? (error as Record<string, unknown>)["code"] : error;
  const named = Object.entries(said).filter(([name]) => CODE_FIELDS.includes(name.toLowerCase().replaceAll("_", "")));
  return [inner, ...named.map(([, value]) => value)].map(textOf).find((text) => text !== null) ?? null;
}

function textOf(value: unknown): string | null {
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  return typeof value === "string" && value.trim() !== "" ? value.trim() : null;
}

function objectOf(body: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(body);
    const isObject = parsed !== null && typeof parsed === "object" && !Array.isArray(parsed);
    return isObject ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export function asciiOf(code: string | null): string {
  return (code ?? "unnamed").replaceAll(/[^\w-]/g, "_").slice(0, 40);
}
