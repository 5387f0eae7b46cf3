import { AppError, Invalid } from "../../errors.ts";
import type { Frame } from "./frames.ts";

/** Makes the answer that says why a task was not done; an unknown fault counts as a damaged picture. */
export function refusalOf(error: unknown): Frame["head"] {
  const { code, status, details } =
    error instanceof AppError ? error : { code: "photo-damaged", status: 422, details: {} };
  return { refusal: { code, status, details } };
}

/** Reads the refusal in an answer, or null when the task was done. */
export function refusalIn({ head }: Frame): Invalid | null {
  const refusal = head["refusal"] as Pick<AppError, "code" | "status" | "details"> | undefined;
  return refusal ? new Invalid(refusal.code, { ...refusal.details }, refusal.status) : null;
}
