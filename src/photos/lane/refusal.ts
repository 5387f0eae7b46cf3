import { AppError, Invalid } from "../../errors.ts";
import type { Frame } from "./frames.ts";

/** Why a process has not done what was asked, as an answer; what is no fault of ours to name is a damaged picture. */
export function refusalOf(error: unknown): Frame["head"] {
  const { code, status, details } =
    error instanceof AppError ? error : { code: "photo-damaged", status: 422, details: {} };
  return { refusal: { code, status, details } };
}

/** The same at the other end of the pipe, or null: it was done. */
export function refusalIn({ head }: Frame): Invalid | null {
  const refusal = head["refusal"] as Pick<AppError, "code" | "status" | "details"> | undefined;
  return refusal ? new Invalid(refusal.code, { ...refusal.details }, refusal.status) : null;
}
