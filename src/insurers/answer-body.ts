/** What the body of an answer means, whatever its status. */
export interface SaidInBody {
  /** The body refuses: `accepted` or `success` is false, or there is an `error`. */
  refuses: boolean;
  /** The body accepts: `accepted` or `success` is true. */
  accepts: boolean;
  /** the code in the body, of a fault or of success */
  code: string | null;
  /** Why an operator must read a body that neither accepts nor refuses; null otherwise. */
  doubt: string | null;
  claimNo: string | null;
}

const SILENT: SaidInBody = { refuses: false, accepts: false, code: null, doubt: null, claimNo: null };

/** Field names under which insurers' gateways put their code, without case and underscores. */
const CODE_FIELDS = ["code", "errcode", "errorcode", "responsecode", "resultcode", "retcode", "returncode"];
/** Success where the code is a number: 0, "0", "00000", 200. */
const GOOD_CODE = /^(0+|200)$/;
/** "FAIL", "failed", "ERROR", and the fault classes A0001 to C9999 that go with "00000". */
const FAILS = /^(error|err$|fail|[abc]\d{4}$)/i;
const NO_ERROR: readonly unknown[] = [undefined, null, false, 0, "0", ""];
const HTML = /^\s*<(!doctype\s+html|html)\b/i;

/** Reads a JSON object, or recognises a gateway's page for people; any other text means nothing. */
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

/**
 * Returns the code inside `error`, else `error` itself if it is a text, else the first field of CODE_FIELDS.
 */
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
