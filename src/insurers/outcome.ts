import { asciiOf, readBody } from "./answer-body.ts";
import type { Contact } from "./circuit.ts";

/**
 * Result of one attempt:
 * - `delivered`, `duplicate`: done
 * - `transient`: nothing reached the insurer, or it answered "later"
 * - `unknown`: bytes were sent and the answer is missing or uncertain; the same id is sent again
 * - `hold`: configuration, certificate, or an answer that neither accepts nor refuses; an operator must act,
 * no attempt is used up
 * - `rejected`: the data is refused, an operator must read it
 * - `gone`: 410, held with an alarm
 */
export type OutcomeKind = "delivered" | "duplicate" | "transient" | "unknown" | "hold" | "rejected" | "gone";

export interface DeliveryOutcome {
  kind: OutcomeKind;
  /** stable and loggable: http-503, connect-refused, body-policy_not_found … */
  code: string;
  /** seconds of the receiver's Retry-After, at most 24 h; null without one */
  retryAfterS: number | null;
  /** the insurer throttles or does not answer in time: wait at least a minute */
  slowDown: boolean;
  /** the insurer's number of the claim, when its answer names one */
  insurerClaimNo: string | null;
  /** first characters of the answer, digits masked */
  head: string;
  /** what it says about the connection; null: nothing (a certificate, a setting of ours) */
  contact: Contact | null;
}

export interface HttpAnswer {
  status: number;
  retryAfter: string | undefined;
  contentType?: string | undefined;
  /** the insurer's clock, from its `Date` header */
  date?: string | undefined;
  /** at most 64 KB of the body */
  body: string;
  /** false: the connection ended before the body did */
  complete: boolean;
}

const MAX_RETRY_AFTER_S = 24 * 3600;
const HEAD_CHARS = 300;
const TRANSIENT_STATUS = new Set([408, 425, 429]);
/** Signatures are valid for five minutes; from this difference on a refusal may be due to the clocks. */
const CLOCKS_AGREE_S = 60;

/** Codes inside a body, as Chinese insurers' interfaces send them, also with status 200. */
const BODY_CODES: Record<string, OutcomeKind> = {
  system_busy: "transient",
  系统繁忙: "transient",
  "sign-check-failure": "hold",
  sign_check_failure: "hold",
  duplicate: "duplicate",
  重复报案: "duplicate",
};
const SIGNATURE_CODES = ["sign-check-failure", "sign_check_failure"];

/**
 * Classifies an answer by its status, then by its body. `now`: our time of arrival; `machineDiffersMs`:
 * difference between this machine's clock and the database's, by which we sign.
 */
export function outcomeOfAnswer(answer: HttpAnswer, now: Date, machineDiffersMs = 0): DeliveryOutcome {
  const said = readBody(answer.body, answer.contentType);
  const ok = answer.status >= 200 && answer.status < 300;
  const cut = ok && !answer.complete;
  const base = {
    retryAfterS: retryAfterOf(answer.retryAfter, now),
    slowDown: answer.status === 429,
    insurerClaimNo: said.claimNo,
    head: redact(answer.body),
    contact: { kind: cut ? ("no-answer" as const) : ("answered" as const) },
  };
  if (cut) return { ...base, kind: "unknown", code: "answer-cut" };
  const refusesSignature = answer.status === 401 || (said.code !== null && SIGNATURE_CODES.includes(said.code));
  const differenceS = refusesSignature ? clockDifferenceS(answer.date, now, machineDiffersMs) : null;
  if (differenceS !== null)
    return { ...base, kind: "transient", code: "clock-differs", contact: { kind: "clock-differs", differenceS } };
  const byBody = said.accepts || said.code === null ? undefined : BODY_CODES[said.code];
  if (byBody) return { ...base, kind: byBody, code: `body-${asciiOf(said.code)}` };
  if (!ok) return { ...base, kind: kindOfStatus(answer.status), code: `http-${answer.status}` };
  if (said.refuses) return { ...base, kind: "rejected", code: `body-${asciiOf(said.code)}` };
  if (said.doubt) return { ...base, kind: "hold", code: said.doubt };
  return { ...base, kind: "delivered", code: `http-${answer.status}` };
}

/**
 * Returns our time minus the answer's in seconds when they differ by more than a minute, else null. Without a
 * time in the answer, a difference between machine and database stands in.
 */
function clockDifferenceS(date: string | undefined, now: Date, machineDiffersMs: number): number | null {
  const dateMs = Date.parse(date ?? "");
  const differenceS = Math.round((Number.isNaN(dateMs) ? machineDiffersMs : now.getTime() - dateMs) / 1000);
  return Math.abs(differenceS) > CLOCKS_AGREE_S ? differenceS : null;
}

function kindOfStatus(status: number): OutcomeKind {
  if (status === 401 || status === 403) return "hold";
  if (status === 409) return "duplicate";
  if (status === 410) return "gone";
  if (status >= 500 || TRANSIENT_STATUS.has(status)) return "transient";
  // a redirect is never followed: an operator must put the new address into the settings
  return status >= 300 && status < 400 ? "hold" : "rejected";
}

/** Errors before anything was sent; after any other error the message may have arrived. */
const NOT_SENT: Record<string, string> = {
  ECONNREFUSED: "connect-refused",
  ENOTFOUND: "name-not-found",
  EAI_AGAIN: "name-not-resolved",
  EHOSTUNREACH: "unreachable",
  ENETUNREACH: "unreachable",
  ECONNECTTIMEOUT: "connect-timeout",
};
const TLS_ERROR = /^(CERT_|ERR_TLS|ERR_SSL|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO)/;

/** Classifies an attempt without any answer. */
export function outcomeOfError(errorCode: string): DeliveryOutcome {
  const base = { retryAfterS: null, slowDown: false, insurerClaimNo: null, head: "", contact: null };
  if (errorCode === "EADDRREFUSED") return { ...base, kind: "hold", code: "address-refused" };
  if (TLS_ERROR.test(errorCode)) return { ...base, kind: "hold", code: "certificate" };
  const silent = { ...base, contact: { kind: "no-answer" as const } };
  const notSent = NOT_SENT[errorCode];
  if (notSent) return { ...silent, kind: "transient", code: notSent };
  const slowDown = errorCode === "ERR_CANCELED" || errorCode === "ETIMEDOUT";
  return { ...silent, kind: "unknown", code: slowDown ? "timeout" : "connection-lost", slowDown };
}

/** Reads seconds or an HTTP date; garbage and the past count as absent. */
export function retryAfterOf(header: string | undefined, now: Date): number | null {
  if (header === undefined) return null;
  const seconds = /^\d{1,9}$/.test(header) ? Number(header) : Math.ceil((Date.parse(header) - now.getTime()) / 1000);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(seconds, MAX_RETRY_AFTER_S) : null;
}

/** Masks what an operator must not see: long numbers (phones, licences) and control characters. */
function redact(body: string): string {
  return body
    .slice(0, HEAD_CHARS)
    .replaceAll(/[\u0000-\u001f\u007f\u2028\u2029]/g, " ")
    .replaceAll(/\d{6,}/g, "******");
}
