import { codeOf } from "../errors.ts";
import { within } from "../timer.ts";
import { type Check, type Finding, fail } from "./check.ts";
import type { Patient } from "./patient.ts";

/** A check's line; `finding` is null where it was left out because a check that it needs has failed. */
export interface Line {
  name: string;
  finding: Finding | null;
}

/** Longer than each time-out within a check. */
const LIMIT_MS = 60_000;

/**
 * Runs all checks side by side, each after those that it needs. Returns their lines in the order of the list.
 */
export async function examine(checks: readonly Check[], patient: Patient): Promise<Line[]> {
  const running = new Map<string, Promise<Finding | null>>();
  for (const check of checks) running.set(check.name, runAfter(check, running, patient));
  return Promise.all(checks.map(async ({ name }) => ({ name, finding: (await running.get(name)) as Finding | null })));
}

async function runAfter(
  { needs = [], run }: Check,
  running: ReadonlyMap<string, Promise<Finding | null>>,
  patient: Patient,
): Promise<Finding | null> {
  const before = await Promise.all(needs.map((name) => running.get(name)));
  if (before.some((finding) => !finding || finding.state === "fail")) return null;
  try {
    const limit = { timer: patient.timer, ms: LIMIT_MS };
    return await within((async () => run(patient))(), limit, () => fail("late", "late", { s: LIMIT_MS / 1_000 }));
  } catch (error) {
    return fail("broken", "broken", { code: codeOf(error) });
  }
}
