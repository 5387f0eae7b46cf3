/**
 * Errors in seven classes, thrown where they are found and caught in one place per door; each has a stable
 * code and a status.
 */
export class AppError extends Error {
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(status: number, code: string, details: Record<string, unknown> = {}, cause?: unknown) {
    super(code, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** 400, 413, 415 or 422: the input is malformed. `details.field` names the field, if any. */
export class Invalid extends AppError {
  constructor(code: string, details: Record<string, unknown> = {}, status = 422) {
    super(status, code, details);
  }
}

/**
 * 401: the sender is unknown or the signature is wrong. `details.reason` says which, where that helps a
 * machine's owner and no attacker.
 */
export class NotSignedIn extends AppError {
  constructor(code = "not-signed-in", details: Record<string, unknown> = {}) {
    super(401, code, details);
  }
}

/** 403: known, but without the right. */
export class NotAllowed extends AppError {
  constructor(code: string, details: Record<string, unknown> = {}) {
    super(403, code, details);
  }
}

/** 404: not there, or another person's: the two must look alike. */
export class NotFound extends AppError {
  constructor(code = "not-found", details: Record<string, unknown> = {}) {
    super(404, code, details);
  }
}

/** 409: out of order, or a lost race: read and decide again. */
export class Conflict extends AppError {
  constructor(code: string, details: Record<string, unknown> = {}) {
    super(409, code, details);
  }
}

/** 502: another system failed us. `retryable` says whether the same call may succeed later. */
export class Upstream extends AppError {
  readonly retryable: boolean;

  constructor(code: string, details: Record<string, unknown> = {}, retryable = true, cause?: unknown) {
    super(502, code, details, cause);
    this.retryable = retryable;
  }
}

/**
 * 500: a sealed value does not open: it was changed, or written under another key. `details.number` names the
 * case.
 */
export class Unreadable extends AppError {
  constructor(details: Record<string, unknown> = {}, cause?: unknown) {
    super(500, details.number === undefined ? "unreadable" : "case-unreadable", details, cause);
  }
}

/**
 * 503: no capacity at this moment; the same call succeeds a little later. `details.retryAfterS` becomes
 * `Retry-After`.
 */
export class Busy extends AppError {
  constructor(retryAfterS: number, code = "busy", cause?: unknown) {
    super(503, code, { retryAfterS }, cause);
  }
}

/**
 * 503: the database gave no answer in time. A write may or may not have taken effect: look it up, or let the
 * sender repeat.
 */
export class DatabaseAway extends Busy {
  constructor(cause?: unknown) {
    super(5, "database-away", cause);
  }
}

/** What a caught value may say of itself; anything may be thrown. */
interface Facts {
  name?: unknown;
  message?: unknown;
  code?: unknown;
  type?: unknown;
  status?: unknown;
  expose?: unknown;
  cause?: unknown;
  reason?: unknown;
}

/** Returns what a caught value says of itself: the code is Node's, the driver's or our own. */
export const factsOf = (thrown: unknown): Facts => (typeof thrown === "object" && thrown !== null ? thrown : {});

/** Returns a stable code without personal data, for the log: our own, the system's, or the class name. */
export function codeOf(thrown: unknown): string {
  const { code, name } = factsOf(thrown);
  return String(code ?? name ?? "unknown");
}

/** Returns what was thrown as an error. */
export const errorOf = (thrown: unknown): Error => (thrown instanceof Error ? thrown : new Error(String(thrown)));

/**
 * Prevents the process from starting or a command from working. The message is one sentence for the operator:
 * cause and cure.
 */
export class StartFault extends Error {
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = new.target.name;
  }
}
