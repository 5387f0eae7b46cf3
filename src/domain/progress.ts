import type { Letter } from "./accident.ts";
import { isOf, JOURNEY, STEPS, type Step } from "./journey.ts";

/** Which of the counted steps a driver is at, and the minutes that are left with it. */
export interface Progress {
  step: number;
  of: number;
  minutes: number;
}

/** Null at an end, and where nothing is left to do. A driver who waits is at the next step to come. */
export function progressOf(here: Step, letter: Letter): Progress | null {
  const counted = STEPS.filter((step) => isOf(step, letter) && JOURNEY[step].minutes);
  const left = counted.filter((step) => STEPS.indexOf(step) >= STEPS.indexOf(here));
  if (JOURNEY[here].isEnd || left.length === 0) return null;
  const minutes = left.reduce((sum, step) => sum + (JOURNEY[step].minutes ?? 0), 0);
  return { step: counted.length - left.length + 1, of: counted.length, minutes };
}
