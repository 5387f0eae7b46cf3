/**
 * What became of one attempt.
 * delivered, duplicate: done · transient: nothing reached him, or he says later · unknown: bytes were sent and no answer is certain, the same id is sent again ·
 * hold: configuration or certificate, a person must act and attempts are not burnt · rejected: the data, a person must read it · gone: 410, hold and alarm
 */
export type OutcomeKind = "delivered" | "duplicate" | "transient" | "unknown" | "hold" | "rejected" | "gone";

export interface DeliveryOutcome {
  kind: OutcomeKind;
  /** stable and loggable: http-503, connect-refused, body-policy_not_found … */
  code: string;
  /** what the receiver asked for by Retry-After, at most 24 h; null: he did not */
  retryAfterS: number | null;
  /** he throttles or does not answer in time: wait at least a minute */
  slowDown: boolean;
  /** number under which he keeps the claim, when his answer names one */
  insurerClaimNo: string | null;
  /** first characters of his answer, digits masked */
  head: string;
}

export interface HttpAnswer {
  status: number;
  retryAfter: string | undefined;
  /** at most 64 KB of the body */
  body: string;
  /** false: the connection ended before the body did */
  complete: boolean;
}

const MAX_RETRY_AFTER_S = 24 * 3600;
const HEAD_CHARS = 300;
const TRANSIENT_STATUS = new Set([408, 425, 429]);

/** Codes inside a body, as Chinese insurers' interfaces send them, also under status 200 (reliability: adapters must read the body of a 200). */
const BODY_CODES: Record<string, OutcomeKind> = {
  system_busy: "transient",
  系统繁忙: "transient",
  "sign-check-failure": "hold",
  sign_check_failure: "hold",
  duplicate: "duplicate",
  重复报案: "duplicate",
};

/** Classifies an answer by its status, then by what its body says. */
export function outcomeOfAnswer(answer: HttpAnswer, now: Date): DeliveryOutcome {
  const said = readBody(answer.body);
  const base = {
    retryAfterS: retryAfterOf(answer.retryAfter, now),
    slowDown: answer.status === 429,
    insurerClaimNo: said.claimNo,
    head: redact(answer.body),
  };
  const ok = answer.status >= 200 && answer.status < 300;
  if (ok && !answer.complete) return { ...base, kind: "unknown", code: "answer-cut" };
  if (ok && said.refusal === null) return { ...base, kind: "delivered", code: `http-${answer.status}` };
  const byBody = said.refusal === null ? undefined : BODY_CODES[said.refusal];
  if (byBody) return { ...base, kind: byBody, code: `body-${asciiOf(said.refusal)}` };
  if (ok) return { ...base, kind: "rejected", code: `body-${asciiOf(said.refusal)}` };
  return { ...base, kind: kindOfStatus(answer.status), code: `http-${answer.status}` };
}

function kindOfStatus(status: number): OutcomeKind {
  if (status === 401 || status === 403) return "hold";
  if (status === 409) return "duplicate";
  if (status === 410) return "gone";
  if (status >= 500 || TRANSIENT_STATUS.has(status)) return "transient";
  // a redirect is never followed: somebody has moved the interface, a person must put the new address into the config
  return status >= 300 && status < 400 ? "hold" : "rejected";
}

/** Errors before anything was sent; the rest may have arrived. */
const NOT_SENT: Record<string, string> = {
  ECONNREFUSED: "connect-refused",
  ENOTFOUND: "name-not-found",
  EAI_AGAIN: "name-not-resolved",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ECONNECTTIMEOUT: "connect-timeout",
};
const TLS_ERROR = /^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;

/** Classifies an attempt that got no answer at all. */
export function outcomeOfError(errorCode: string): DeliveryOutcome {
  const base = { retryAfterS: null, slowDown: false, insurerClaimNo: null, head: "" };
  if (errorCode === "EADDRREFUSED") return { ...base, kind: "hold", code: "address-refused" };
  if (TLS_ERROR.test(errorCode)) return { ...base, kind: "hold", code: "certificate" };
  const notSent = NOT_SENT[errorCode];
  if (notSent) return { ...base, kind: "transient", code: notSent };
  const slowDown = errorCode === "ERR_CANCELED" || errorCode === "ETIMEDOUT";
  return { ...base, kind: "unknown", code: slowDown ? "timeout" : "connection-lost", slowDown };
}

/** Seconds or an HTTP date; garbage and the past count as not given. */
export function retryAfterOf(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  const seconds = /^\d{1,9}$/.test(header) ? Number(header) : Math.ceil((Date.parse(header) - now.getTime()) / 1000);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, MAX_RETRY_AFTER_S) : null;
}

/** Does the body refuse, with which code, and does it name a claim number? A body that is not a JSON object says nothing. */
function readBody(body: string): { refusal: string | null; claimNo: string | null } {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch {
    return { refusal: null, claimNo: null };
  }
  if (parsed === null || typeof parsed !== "object" || Array.isArray(parsed)) return { refusal: null, claimNo: null };
  const { accepted, success, error, code, responseCode, insurerClaimNo } = parsed as Record<string, unknown>;
  const errorCode = typeof error === "object" && error !== null ? (error as Record<string, unknown>).code : error;
  const named = [errorCode, responseCode, code].find((value) => typeof value === "string" && value !== "") as
    | string
    | undefined;
  const refuses = accepted === false || success === false || (error !== undefined && error !== null && error !== false);
  const claimNo = typeof insurerClaimNo === "string" && /^[\w-]{1,64}$/.test(insurerClaimNo) ? insurerClaimNo : null;
  return { refusal: refuses ? (named ?? "unnamed") : null, claimNo };
}

/** What may be kept and shown to an operator: no long numbers (phones, licences), no control characters. */
function redact(body: string): string {
  return body
    .slice(0, HEAD_CHARS)
    .replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]/g, " ")
    .replaceAll(/\d{6,}/g, "******");
}

function asciiOf(code: string | null): string {
  return (code ?? "unnamed").replaceAll(/[^\w-]/g, "_").slice(0, 40);
}
