import type { Params, PartOf } from "../render.ts";
import type { Patient } from "./patient.ts";

export type State = "ok" | "warn" | "fail";
export type Found = PartOf<"doctor.found">;
export type Cure = PartOf<"doctor.cure">;

/** What a check found and, unless all is well, what the operator does about it. */
export interface Finding {
  state: State;
  found: Found;
  cure: Cure | null;
  /** for the words of both: codes, names and numbers, never a secret and nothing personal */
  params: Params;
}

/** One thing that the doctor looks at. It changes nothing and contacts only what is configured. */
export interface Check {
  /** as printed, such as `wechat.token` */
  name: string;
  /** checks without whose success this one would tell nothing new; it is then left out */
  needs?: readonly string[];
  run(patient: Patient): Promise<Finding> | Finding;
}

export const ok = (found: Found, params: Params = {}): Finding => ({ state: "ok", found, cure: null, params });
export const warn = (found: Found, cure: Cure, params: Params = {}): Finding => ({
  state: "warn",
  ...{ found, cure, params },
});
export const fail = (found: Found, cure: Cure, params: Params = {}): Finding => ({
  state: "fail",
  ...{ found, cure, params },
});
