import { AppError, Busy, Invalid } from "../../errors.ts";
import type { Frame } from "./frames.ts";

/** Makes the answer that says why a task was not done; an unknown fault counts as a damaged picture. */
export function refusalOf(error: unknown): Frame["head"] {
  const { code, status, details } =
    error instanceof AppError ? error : { code: "photo-damaged", status: 422, details: {} };
  return { refusal: { code, status, details } };
}

const BUSY = 503;

/** Reads the refusal in an answer, or null when the task was done. */
export function refusalIn({ head }: Frame): AppError | null {
  const refusal = head["refusal"] as Pick<AppError, "code" | "status" | "details"> | undefined;
  if (!refusal) return null;
  const { code, status, details } = refusal;
  return status === BUSY ? new Busy(Number(details["retryAfterS"]), code) : new Invalid(code, { ...details }, status);
}
