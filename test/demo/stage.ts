import type { DriverPhone } from "../support/driver-phone.ts";
import type { StandIns } from "./stand-ins.ts";

/**
 * Tools of the scripted settlement; `step` names and times a step, and follows it by a kill -9 and a restart
 * if asked.
 */
export interface Stage {
  appUrl: string;
  standIns: StandIns;
  photos: Record<string, Buffer>;
  /** tells these two drivers from all others */
  name: string;
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
}

/** What came of it; `paper` names what was written: the agreement, or an officer's letter. */
export interface Settled extends Papers {
  caseUrl: string;
  accidentId: string;
  paper: "agreement" | "letter";
}

export interface Papers {
  pdf: Buffer;
  pages: Buffer[];
}

export interface Drivers {
  a: DriverPhone;
  b: DriverPhone;
  caseUrl: string;
  accidentId: string;
}

export const openidsOf = ({ name }: Stage) => ({ A: `o_${name}_driver_a`, B: `o_${name}_driver_b` });
