import { AppError } from "../errors.ts";

/**
 * Returns what may be logged of an error: its code and where it was thrown. Never its message, which may
 * quote a person.
 */
export function failure(error: unknown): { code: string; where?: string[] } {
  if (!(error instanceof Error)) return { code: "not-an-error" };
  const code = error instanceof AppError ? error.code : error.name;
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return { code, where: frames.slice(0, 4).map((line) => line.trim()) };
}
